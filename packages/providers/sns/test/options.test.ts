import { describe, expect, it } from 'vitest'
import { createSnsVerifier } from '../src/index.ts'
import { TOPIC } from './fixtures.ts'

const make = (options: unknown) => () => createSnsVerifier(options as never)

describe('options that are wrong throw as the verifier is made', () => {
  const secret = 'canary-91b2'
  const mistakes: readonly (readonly [string, unknown, string])[] = [
    ['none', undefined, '{ topicArns'],
    ['a list', [TOPIC], '{ topicArns'],
    ['no topics', {}, 'topicArns'],
    ['an empty list', { topicArns: [] }, 'topicArns'],
    ['one topic that is no list', { topicArns: TOPIC }, 'topicArns'],
    ['an unset variable', { topicArns: [undefined] }, 'topicArns.0'],
    ['an unset variable in a text', { topicArns: [TOPIC, `${undefined}`] }, 'topicArns.1'],
    ['an empty topic', { topicArns: [''] }, 'topicArns.0'],
    ['a name', { topicArns: [secret] }, 'topicArns.0'],
    ['a pattern', { topicArns: ['arn:aws:sns:us-east-1:111122223333:*'] }, 'topicArns.0'],
    ['a space', { topicArns: [`${TOPIC} `] }, 'topicArns.0'],
    ['a line break', { topicArns: [`${TOPIC}\n`] }, 'topicArns.0'],
    ['a subscription', { topicArns: [`${TOPIC}:00000000-0000-4000-8000-000000000000`] }, 'topicArns.0'],
    ['a queue', { topicArns: ['arn:aws:sqs:us-east-1:111122223333:orders'] }, 'topicArns.0'],
    ['a short account', { topicArns: ['arn:aws:sns:us-east-1:1111:orders'] }, 'topicArns.0'],
    ['no region', { topicArns: ['arn:aws:sns::111122223333:orders'] }, 'topicArns.0'],
    ['a host for a region', { topicArns: ['arn:aws:sns:evil.example/:111122223333:orders'] }, 'topicArns.0'],
    [
      'a region of another partition',
      { topicArns: ['arn:aws:sns:cn-north-1:111122223333:orders'] },
      'topicArns.0',
    ],
    [
      'a partition that there is not',
      { topicArns: ['arn:aws-mars:sns:us-east-1:111122223333:orders'] },
      'topicArns.0',
    ],
    [
      'an isolated partition',
      { topicArns: ['arn:aws-iso:sns:us-iso-east-1:111122223333:orders'] },
      'isolatedPartitions',
    ],
    [
      'an isolated partition that there is not',
      { topicArns: [TOPIC], isolatedPartitions: [secret] },
      'isolatedPartitions.0',
    ],
    ['a text for a flag', { topicArns: [TOPIC], requireSignatureV2: secret }, 'requireSignatureV2'],
    ['no age', { topicArns: [TOPIC], maxAgeMs: 0 }, 'maxAgeMs'],
    ['a negative age', { topicArns: [TOPIC], maxAgeMs: -1 }, 'maxAgeMs'],
    ['an age that is no number', { topicArns: [TOPIC], maxAgeMs: Number.NaN }, 'maxAgeMs'],
    ['an age in words', { topicArns: [TOPIC], maxAgeMs: secret }, 'maxAgeMs'],
    ['half a cache', { topicArns: [TOPIC], certificateCache: { get: () => secret } }, 'certificateCache'],
    ['a fetch that is none', { topicArns: [TOPIC], fetch: secret }, 'fetch'],
    ['a clock that is a time', { topicArns: [TOPIC], now: 7 }, 'now'],
    ['a limit of nothing', { topicArns: [TOPIC], limits: { maxBytes: 0 } }, 'limits.maxBytes'],
    [
      'an endless limit',
      { topicArns: [TOPIC], limits: { maxCertificates: Number.POSITIVE_INFINITY } },
      'limits.maxCertificates',
    ],
    ['a limit that there is not', { topicArns: [TOPIC], limits: { maxByte: 1 } }, 'maxByte'],
    ['an option that there is not', { topicArns: [TOPIC], topicArn: TOPIC }, 'topicArn'],
  ]

  it.each(mistakes)('%s', (_, options, named) => {
    expect(make(options)).toThrow(TypeError)
    expect(make(options)).toThrow(/^\[bouncy\/sns\] /)
    expect(make(options)).toThrow(named)
    expect(make(options)).not.toThrow(secret)
  })
})

describe('options that are right', () => {
  it.each([
    'arn:aws:sns:us-east-1:111122223333:orders',
    'arn:aws:sns:ap-southeast-7:111122223333:Orders_2-x.fifo',
    'arn:aws-us-gov:sns:us-gov-west-1:111122223333:orders',
    'arn:aws-cn:sns:cn-northwest-1:111122223333:orders',
    'arn:aws-eusc:sns:eusc-de-east-1:111122223333:orders',
  ])('the topic %s', (topicArn) => {
    expect(make({ topicArns: [topicArn] })).not.toThrow()
  })

  it('may be given as undefined where they may be left out', () => {
    const options = [
      'requireSignatureV2',
      'maxAgeMs',
      'certificateCache',
      'isolatedPartitions',
      'emulator',
      'limits',
      'fetch',
      'now',
    ]
    const unset = Object.fromEntries(options.map((name) => [name, undefined]))
    expect(make({ topicArns: [TOPIC], ...unset })).not.toThrow()
  })

  it('are read once: what is changed later changes nothing', async () => {
    const topicArns = [TOPIC]
    const verifier = createSnsVerifier({ topicArns })
    topicArns.push(`${TOPIC}2`)
    await expect(
      verifier.confirm({
        type: 'SubscriptionConfirmation',
        topicArn: `${TOPIC}2`,
        token: 't',
        messageId: 'm',
        message: '',
        timestamp: '',
        signatureVersion: '1',
      }),
    ).rejects.toMatchObject({ code: 'topic-not-listed' })
  })
})
