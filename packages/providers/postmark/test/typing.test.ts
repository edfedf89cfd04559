import { postmark } from '@bouncy/postmark'
import { expect, it } from 'vitest'

it('a wrong option does not compile, and is refused', () => {
  const credentials = [{ username: 'hook', password: 'a long secret' }]
  // @ts-expect-error it is allowedIps
  expect(() => postmark({ credentials, allowedIPs: ['192.0.2.7'] })).toThrow('[bouncy/postmark]')
  // @ts-expect-error it is username
  expect(() => postmark({ credentials: [{ user: 'hook', password: 'x' }] })).toThrow('[bouncy/postmark]')
  // @ts-expect-error credentials are needed
  expect(() => postmark({ name: 'postmark-eu' })).toThrow('[bouncy/postmark]')
  expect(postmark({ credentials, allowedIps: ['192.0.2.7'] }).name).toBe('postmark')
})
