import { createBouncy, memoryStore } from '@bouncy/core'
import { describe, expect, it } from 'vitest'
import { keepingLogger, post, toy } from './toy.ts'

/** What is logged of an error with this message. */
async function logged(message: string): Promise<unknown> {
  const logger = keepingLogger()
  const bouncy = createBouncy({ providers: [toy()], store: memoryStore(), logger, sweepEveryMs: false })
  bouncy.on('bounce', () => {
    throw new Error(message)
  })
  await bouncy.receive('toy', post([{ type: 'bounce' }]))
  return logger.lines.find(({ facts }) => 'error' in facts)?.facts.error
}

describe('what is logged of an error', () => {
  it.each([
    ['no mail to kim@example.com today', 'no mail to …@… today'],
    [`Duplicate entry '"john doe"@example.com' for key 'PRIMARY'`, "Duplicate entry '…@…' for key 'PRIMARY'"],
    ['not "found": "john \\"the\\" doe"@example.com', 'not "found": …@…'],
    ['{"to":"\\"john doe\\"@example.com"}', '{"to":"\\…@…"}'],
    ['"kim" and "lee" are nobody', '"kim" and "lee" are nobody'],
  ])('has no address in it: %s', async (message, error) => {
    expect(await logged(message)).toBe(`Error: ${error}`)
  })

  it.each(['"', '\\"', '"a', '"\\', 'a@', '"a"@'])('takes little time for much of %j', async (piece) => {
    const message = piece.repeat(2_000)
    const begun = performance.now()
    for (let round = 0; round < 50; round += 1) await logged(message)
    expect(performance.now() - begun).toBeLessThan(1_000)
  })
})
