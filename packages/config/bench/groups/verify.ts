import { sesMessages } from '@bouncy/ses/testing'
import type { createSnsVerifier } from '@bouncy/sns'
import { createSnsSigner } from '@bouncy/sns/testing'
import SnsPayloadValidator from 'sns-payload-validator'
import type { Group } from '../group.ts'
import { ratioOf, timeInTurn } from '../measure.ts'
import { snsByHand } from '../reference/sns.ts'
import { inTurn } from '../request.ts'
import { rowOf } from '../rows.ts'

const topicArn = 'arn:aws:sns:us-east-1:111122223333:mail-events'

/** A JSON text to a verified SNS message, certificates cached. */
export const verify: Group = {
  name: 'verify',
  about: 'a JSON text to a verified SNS message',
  async measure({ built, rounds, forMs, progress }) {
    const { createSnsVerifier: create } = await built.load<{ createSnsVerifier: typeof createSnsVerifier }>(
      '@bouncy/sns',
    )
    const signer = createSnsSigner()
    const url = signer.certificateUrl(topicArn)
    const rows = []
    for (const version of ['1', '2'] as const) {
      progress(`signature version ${version}`)
      const messages = sesMessages()
      const bodies = Array.from({ length: 64 }, () =>
        signer.notification({
          topicArn,
          message: JSON.stringify(messages.bounce()),
          signatureVersion: version,
        }),
      ).map(({ body }) => body)
      const [first = ''] = bodies
      const verifier = create({ topicArns: [topicArn], fetch: signer.fetch })
      const byHand = snsByHand(topicArn, { [url]: signer.certificate })
      const packaged = packagedOver(url, signer.certificate)
      const same = [
        (await verifier.verify(first)).message,
        byHand(first).Message,
        (await packaged(first)).Message,
      ]
      if (new Set(same).size !== 1) throw new Error('they do not find the same message')

      const [ours, reference, other] = [inTurn(bodies), inTurn(bodies), inTurn(bodies)]
      const times = await timeInTurn(
        {
          ours: () => verifier.verify(ours()),
          reference: () => byHand(reference()),
          other: () => packaged(other()),
        },
        { rounds, forMs },
      )
      rows.push(rowOf(`version ${version}, by hand`, times.ours, times.reference, { atMost: 1.1 }), {
        ...rowOf(`version ${version}, sns-payload-validator`, times.ours, times.other),
        ratio: ratioOf(times.other, times.ours) / ratioOf(times.other, times.reference),
        bar: { atLeast: 0.9 },
        note: `of the lead by hand, ${ratioOf(times.other, times.reference).toFixed(2)}×; ours ${ratioOf(times.other, times.ours).toFixed(2)}×`,
      })
    }
    return rows
  },
}

/** The package with the certificate in its cache, as it is after the first message. */
function packagedOver(url: string, certificate: string) {
  const validator = new SnsPayloadValidator()
  const { certCache } = validator as unknown as { readonly certCache: Map<string, string> }
  certCache.set(url, certificate)
  return (body: string) => validator.validate(body)
}
