import { createSnsVerifier, verifySnsMessage } from '@bouncy/sns'
import { expect, it } from 'vitest'

it('a wrong option does not compile, and is refused', () => {
  const topicArns = ['arn:aws:sns:us-east-1:111122223333:orders']
  // @ts-expect-error it is maxAgeMs
  expect(() => createSnsVerifier({ topicArns, maxAge: 5 })).toThrow('[bouncy/sns]')
  // @ts-expect-error topics are needed
  expect(() => createSnsVerifier({ maxAgeMs: 5 })).toThrow('[bouncy/sns]')
  // @ts-expect-error it is topicArns
  void ((): object => verifySnsMessage('{}', { topicArn: topicArns[0] }))
  expect(createSnsVerifier({ topicArns, maxAgeMs: 1000 })).toHaveProperty('confirm')
})
