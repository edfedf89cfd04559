import { createPublicKey, type KeyObject, verify } from 'node:crypto'

/** A verified message. */
export interface SnsByHand {
  readonly Message: string
  readonly MessageId: string
  readonly Timestamp: string
}

interface Envelope extends SnsByHand {
  readonly Type: string
  readonly TopicArn: string
  readonly Subject?: string
  readonly SignatureVersion: string
  readonly Signature: string
  readonly SigningCertURL: string
}

/**
 * Verification of SNS notifications as one writes it by hand with AWS's page beside: parse, the topic, the age, the key of
 * the certificate from a cache, the canonical text, `crypto.verify`. The key is a `KeyObject`, made once.
 *
 * @param certificates by URL, as PEM; to ask for one would be the same code in both
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
 */
export function snsByHand(
  topicArn: string,
  certificates: Readonly<Record<string, string>>,
): (body: string) => SnsByHand {
  const keys = new Map<string, KeyObject>()
  for (const [url, pem] of Object.entries(certificates)) keys.set(url, createPublicKey(pem))
  return (body) => {
    const message = JSON.parse(body) as Envelope
    if (message.Type !== 'Notification') throw new Error('no notification')
    if (message.TopicArn !== topicArn) throw new Error('another topic')
    if (Math.abs(Date.now() - Date.parse(message.Timestamp)) > 75 * 60_000) throw new Error('too old')
    const key = keys.get(message.SigningCertURL)
    if (key === undefined) throw new Error('another certificate')
    const subject = message.Subject === undefined ? '' : `Subject\n${message.Subject}\n`
    const text = `Message\n${message.Message}\nMessageId\n${message.MessageId}\n${subject}Timestamp\n${message.Timestamp}\nTopicArn\n${message.TopicArn}\nType\n${message.Type}\n`
    const algorithm = message.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256'
    if (!verify(algorithm, Buffer.from(text), key, Buffer.from(message.Signature, 'base64')))
      throw new Error('forged')
    return message
  }
}
