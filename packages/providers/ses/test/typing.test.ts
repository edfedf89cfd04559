import { ses } from '@bouncy/ses'
import { consumeSqs, type SqsConsumerOptions } from '@bouncy/ses/sqs'
import { expect, it } from 'vitest'

const topicArns = ['arn:aws:sns:us-east-1:111122223333:mail-events']

it('a wrong option of ses does not compile, and is refused', () => {
  // @ts-expect-error it is topicArns
  expect(() => ses({ topicArns, topicArn: 'arn' })).toThrow('topicArn')
  // @ts-expect-error it is requireSignatureV2
  expect(() => ses({ topicArns, requireSignatureV1: true })).toThrow('requireSignatureV1')
  // @ts-expect-error topics are needed
  expect(() => ses({ name: 'ses-eu' })).toThrow('topicArns: give')
  expect(ses({ topicArns, confirmSubscriptions: false }).name).toBe('ses')
})

it('a wrong option of consumeSqs does not compile', () => {
  const given = {} as Pick<SqsConsumerOptions, 'bouncy' | 'client' | 'queueUrl'>
  // @ts-expect-error it is concurrency
  void ((): object => consumeSqs({ ...given, concurrent: 5 }))
  // @ts-expect-error the queue is needed
  void ((): object => consumeSqs({ bouncy: given.bouncy, client: given.client }))
})
