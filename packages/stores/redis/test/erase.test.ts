import { createBouncy, type MailEvent, type Provider } from '@bouncy/core'
import { redisStore } from '@bouncy/redis'
import { describe, expect, it } from 'vitest'
import { bounce, range } from './batches.ts'
import { clients } from './clients.ts'
import { actualSetsOf, sortedSetsOf } from './layout.ts'
import { contents, freshPrefix, noRedis, PORT, sendTo } from './redis.ts'

const KIM = 'kim.lee@bücher.example'
/** The address and its parts, as they may be written anywhere. */
const TRACES = /kim\.lee|xn--bcher|bücher|b\\u00fccher|a2ltLmxlZ/iu

/** A post is one number: an event that concerns Kim, or Ann, with Kim named wherever a name can stand. */
const toy: Provider<number> = {
  name: 'toy',
  verify: ({ body }) => Number(new TextDecoder().decode(body)),
  parse: (index) => ({
    events: [index === KELVIN ? kelvins : eventOf(index)],
    quarantined: [{ reason: 'riddle', raw: { to: `x ${KIM.toUpperCase()} y` } }],
  }),
}

const eventOf = (index: number): MailEvent =>
  bounce(`e${index}`, {
    recipient: index % 3 === 0 ? 'ann@example.org' : (['Kim.Lee@Bücher.example', KIM][index % 2] ?? KIM),
    messageId: `<${index}.${KIM}>`,
    tags: [KIM, 'news'],
    metadata: { to: KIM.toUpperCase(), order: '7' },
    diagnostic: `550 <${KIM}> unknown`,
    raw: { deep: [{ [KIM]: `Kim <${KIM}>, "K. Lee" <kim.lee@xn--bcher-kva.example>` }] },
  } as Partial<MailEvent>)

/** Names Kim only with the sign of the Kelvin, which is a k in lower case. */
const KELVIN = 39
const kelvins = bounce('kelvin', {
  recipient: 'ann@example.org',
  raw: { to: '\u212aIM.LEE@xn--bcher-kva.example' },
})

describe.skipIf(noRedis !== undefined)('erase', { timeout: 30_000 }, () => {
  it('leaves no plaintext of the address in any key or value', async () => {
    const prefix = freshPrefix()
    const { client, close } = await clients['redis@6'](PORT)
    const bouncy = createBouncy({
      providers: [toy],
      store: redisStore(client, { prefix }),
      peppers: [{ id: 'one', secret: 'a secret of at least 32 characters' }],
    })
    bouncy.on('bounce', ({ id }) => {
      if (id.endsWith('1')) throw new Error('as it should')
    })
    for (const index of range(40)) {
      const body = new TextEncoder().encode(String(index))
      await bouncy.receive('toy', { method: 'POST', url: '/toy', body, header: () => undefined })
    }
    await bouncy.suppress({ address: KIM, reason: 'manual', actor: 'max', note: `asked by ${KIM}` })
    await bouncy.unsuppress(KIM, { actor: KIM })
    await bouncy.suppress({ address: KIM, reason: 'manual', actor: KIM })
    await bouncy.suppress({
      address: 'ann@example.org',
      reason: 'manual',
      actor: `Kim <${KIM}>`,
      note: `with ${KIM}`,
    })
    const send = sendTo(PORT)
    const before = await contents(send, prefix)
    const holding = [...before].filter(([, values]) => TRACES.test(values.join('\n'))).map(([key]) => key)
    // the search for traces finds them where they are, so it would find them where they should not be
    expect(holding).toEqual(['audit', 'events', 'marks', 'quarantined', 'suppression-index', 'suppressions'])

    await bouncy.erase(KIM)
    const after = await contents(send, prefix)
    for (const [key, values] of after) {
      expect(`${key} ${values.filter((value) => TRACES.test(value)).join('\n')}`).toBe(`${key} `)
    }
    expect(actualSetsOf(after)).toEqual(sortedSetsOf(after))
    expect((await bouncy.events({ limit: 100 })).items).toHaveLength(40)
    expect((await bouncy.events({ recipient: 'ann@example.org', limit: 100 })).items).toHaveLength(14)
    expect(await bouncy.isSuppressed('lee@bücher.example')).toBe(false)
    expect(await bouncy.isSuppressed(KIM)).toBe(true)
    await bouncy.close()
    await close()
  })
})
