import { sendgrid } from '@bouncy/sendgrid'
import { createSendgridSigner } from '@bouncy/sendgrid/testing'
import { expect, it } from 'vitest'

it('a wrong option does not compile, and is refused', () => {
  const publicKeys = [createSendgridSigner().publicKey]
  // @ts-expect-error it is publicKeys
  expect(() => sendgrid({ publicKeys, publicKey: 'x' })).toThrow('[bouncy/sendgrid]')
  // @ts-expect-error a number of milliseconds
  expect(() => sendgrid({ publicKeys, toleranceMs: '25h' })).toThrow('[bouncy/sendgrid]')
  // @ts-expect-error the keys are needed
  expect(() => sendgrid({ name: 'sendgrid-eu' })).toThrow('[bouncy/sendgrid]')
  expect(sendgrid({ publicKeys, toleranceMs: 1000 }).name).toBe('sendgrid')
})
