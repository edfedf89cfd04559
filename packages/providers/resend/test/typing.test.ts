import { resend } from '@bouncy/resend'
import { createResendSigner } from '@bouncy/resend/testing'
import { expect, it } from 'vitest'

it('a wrong option does not compile, and is refused', () => {
  const { secrets } = createResendSigner()
  // @ts-expect-error it is toleranceMs
  expect(() => resend({ secrets, tolerance: 5 })).toThrow('[bouncy/resend]')
  // @ts-expect-error a list
  expect(() => resend({ secrets: 'whsec_x' })).toThrow('[bouncy/resend]')
  // @ts-expect-error the secrets are needed
  expect(() => resend({ name: 'resend-eu' })).toThrow('[bouncy/resend]')
  expect(resend({ secrets, toleranceMs: 1000 }).name).toBe('resend')
})
