import { SQSClient } from '@aws-sdk/client-sqs'
import { createBouncy, memoryStore } from '@bouncy/core'
import { ses } from '@bouncy/ses'
import { consumeSqs, type SqsConsumerOptions } from '@bouncy/ses/sqs'
import { afterAll, describe, expect, it } from 'vitest'
import { topicArn } from './stage.ts'

const client = new SQSClient({ region: 'us-east-1' })
afterAll(() => client.destroy())
const good: SqsConsumerOptions = {
  bouncy: createBouncy({ providers: [ses({ topicArns: [topicArn] })], store: memoryStore() }),
  client,
  queueUrl: 'https://sqs.us-east-1.amazonaws.com/111122223333/mail-events',
  signal: AbortSignal.abort(),
}

describe('consumeSqs', () => {
  it('takes an SQSClient as it is', async () => {
    await consumeSqs(good).stop()
  })

  const wrong: readonly (readonly [key: string, value: unknown])[] = [
    ['bouncy', undefined],
    ['bouncy', {}],
    ['client', undefined],
    ['client', 'a secret'],
    ['queueUrl', undefined],
    ['queueUrl', ''],
    ['queueUrl', 'undefined'],
    ['queueUrl', 'mail-events'],
    ['provider', ''],
    ['raw', 'false'],
    ['concurrency', 0],
    ['concurrency', 1.5],
    ['concurrency', 21],
    ['visibilityTimeoutSeconds', 0],
    ['visibilityTimeoutSeconds', 43_201],
    ['waitTimeSeconds', 0],
    ['waitTimeSeconds', 21],
    ['retryDelaySeconds', 901],
    ['retryDelaySeconds', Number.NaN],
    ['signal', {}],
    ['logger', { info: () => {} }],
    ['now', 0],
  ]

  it.each(wrong)('refuses %s: %j, saying what to do and not what was given', (key, value) => {
    const options = { ...good, [key]: value } as SqsConsumerOptions
    expect(() => consumeSqs(options)).toThrow(TypeError)
    expect(() => consumeSqs(options)).toThrow(new RegExp(`^\\[bouncy/ses\\] ${key}: give `))
    expect(() => consumeSqs(options)).not.toThrow(/a secret|mail-events/)
  })

  it('refuses options that there are not, and none at all', () => {
    const options = { ...good, queueURL: good.queueUrl } as SqsConsumerOptions
    expect(() => consumeSqs(options)).toThrow('[bouncy/ses] there is no option queueURL')
    expect(() => consumeSqs(undefined as never)).toThrow('[bouncy/ses] give { bouncy, client, queueUrl }')
  })
})
