import { mailgun } from '@bouncy/mailgun'
import { expect, it } from 'vitest'

it('a wrong option does not compile, and is refused', () => {
  const signingKeys = ['key-0123456789']
  // @ts-expect-error it is signingKeys
  expect(() => mailgun({ signingKeys, signingKey: 'key' })).toThrow('[bouncy/mailgun]')
  // @ts-expect-error a list
  expect(() => mailgun({ signingKeys: 'key' })).toThrow('[bouncy/mailgun]')
  // @ts-expect-error the keys are needed
  expect(() => mailgun({ name: 'mailgun-eu' })).toThrow('[bouncy/mailgun]')
  expect(mailgun({ signingKeys, toleranceMs: 1000 }).name).toBe('mailgun')
})
