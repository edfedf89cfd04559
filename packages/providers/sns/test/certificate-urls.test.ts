import { describe, expect, it } from 'vitest'
import { certificateUrls } from '../src/testing.ts'
import { changed, makeSigner, makeVerifier } from './fixtures.ts'

const SEED = 20261122
const COUNT = 2_500
const isolatedPartitions = ['aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f'] as const

describe('certificate URLs', () => {
  const cases = [...certificateUrls({ seed: SEED, count: COUNT })]

  it(`only genuine ones are requested, and all of those (seed ${SEED})`, async () => {
    const signer = makeSigner()
    const outcomes = new Map<string, string>()
    for (const { topicArn, url } of cases) {
      const requests: string[] = []
      const verifier = makeVerifier({
        topicArns: [topicArn],
        isolatedPartitions,
        fetch: async (input) => {
          requests.push(String(input))
          return new Response(signer.certificate)
        },
      })
      const post = changed(signer.notification({ topicArn, message: 'm' }), { SigningCertURL: url })
      const outcome = await verifier.verify(post.body).then(
        () => 'accepted',
        () => 'refused',
      )
      outcomes.set(url, `${outcome}, requested ${requests.join(' ')}`)
    }
    const wrong = cases.filter(
      ({ url, genuine }) =>
        outcomes.get(url) !== (genuine ? `accepted, requested ${url}` : 'refused, requested '),
    )
    expect(wrong).toEqual([])
  })

  it('are different ones, with every region of AWS among them', () => {
    expect(new Set(cases.map(({ url }) => url)).size).toBe(COUNT)
    const genuine = cases.filter((one) => one.genuine).map(({ topicArn }) => topicArn.split(':')[3])
    expect(genuine.length).toBeGreaterThan(40)
    expect(genuine).toEqual(
      expect.arrayContaining(['us-east-1', 'us-gov-west-1', 'cn-north-1', 'eusc-de-east-1']),
    )
    expect(cases).toEqual([...certificateUrls({ seed: SEED, count: COUNT })])
    expect(cases).not.toEqual([...certificateUrls({ seed: 1, count: COUNT })])
  })
})
