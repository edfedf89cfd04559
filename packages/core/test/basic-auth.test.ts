import type { WebhookRequest } from '@bouncy/core'
import { basicAuth } from '@bouncy/core/provider'
import { describe, expect, it } from 'vitest'

const request = (authorization?: string): WebhookRequest => ({
  method: 'POST',
  url: '/',
  body: new Uint8Array(),
  header: (name) => (name.toLowerCase() === 'authorization' ? authorization : undefined),
})
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`
const check = basicAuth('bouncy/test', 'credentials', [
  { username: 'old', password: 'one:two' },
  { username: 'neu', password: 'pässword' },
])

describe('basicAuth', () => {
  it.each([basic('old:one:two'), basic('neu:pässword'), basic('old:one:two').replace('Basic', 'bAsIc')])(
    'accepts each configured pair: %s',
    (header) => {
      expect(() => check(request(header))).not.toThrow()
    },
  )

  it.each([
    ['credentials-missing', undefined],
    ['credentials-missing', ''],
    ['credentials-missing', 'Bearer abc'],
    ['credentials-missing', 'Basic'],
    ['credentials-missing', 'Basic !!!'],
    ['credentials-wrong', basic('old:one')],
    ['credentials-wrong', basic('old:pässword')],
    ['credentials-wrong', basic('OLD:one:two')],
    ['credentials-wrong', basic(':')],
  ])('refuses with %s: %s', (code, header) => {
    expect(() => check(request(header))).toThrow(expect.objectContaining({ code, status: 401 }))
  })

  it.each([
    ['no list', undefined],
    ['an empty list', []],
    ['an unset variable', [{ username: 'hook', password: undefined }]],
    ['an interpolated unset variable', [{ username: 'undefined', password: 'undefined' }]],
    ['an empty password', [{ username: 'hook', password: '' }]],
    ['a blank password', [{ username: 'hook', password: '  ' }]],
    ['a colon in the name', [{ username: 'ho:ok', password: 'secret' }]],
  ])('throws at construction: %s', (_, credentials) => {
    const make = (): unknown => basicAuth('bouncy/test', 'credentials', credentials as never)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(/^\[bouncy\/test\] credentials/)
    expect(make).not.toThrow(/secret/)
  })
})
