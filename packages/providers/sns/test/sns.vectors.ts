import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createSnsVerifier } from '../src/index.ts'

interface Vector {
  readonly name: string
  readonly file: string
  readonly cert: string
  readonly certUrl: string
  readonly type: string
  readonly valid: boolean
  readonly now: string
  readonly why?: 'signature' | 'certificate URL policy'
}

const folder = join(process.env.BOUNCY_VECTORS ?? '', 'sns')
const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
const { vectors } = JSON.parse(read('vectors.json')) as { readonly vectors: readonly Vector[] }

describe('messages signed by Amazon', () => {
  it.each(vectors.map((vector) => [vector.valid ? 'genuine' : 'forged', vector.name, vector] as const))(
    '%s: %s',
    async (_, __, { file, cert, certUrl, type, valid, now, why }) => {
      const body = read(file)
      const { TopicArn, Message } = JSON.parse(body) as {
        readonly TopicArn: string
        readonly Message: string
      }
      const requests: string[] = []
      const verifier = createSnsVerifier({
        topicArns: [TopicArn],
        now: () => Date.parse(now),
        fetch: async (input) => {
          requests.push(String(input))
          return new Response(read(cert))
        },
      })
      for (const message of [body, Buffer.from(body), JSON.parse(body) as object]) {
        const verified = verifier.verify(message)
        if (valid)
          await expect(verified).resolves.toMatchObject({ type, message: Message, topicArn: TopicArn })
        else await expect(verified).rejects.toMatchObject({ status: 403 })
      }
      expect(requests).toEqual(why === 'certificate URL policy' ? [] : [certUrl])
    },
  )

  it('are all there', () => {
    expect(vectors.filter(({ valid }) => valid)).toHaveLength(16)
    expect(vectors.filter(({ valid }) => !valid)).toHaveLength(6)
  })
})
