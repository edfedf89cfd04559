import { isWebhookError } from '@bouncy/core'
import { type PostmarkOptions, postmark } from '@bouncy/postmark'
import { type PostmarkPost, postmarkPosts } from '@bouncy/postmark/testing'
import { toWebhookRequest } from '@bouncy/testkit'
import { describe, expect, it } from 'vitest'
import { hook, posts } from './read.ts'

function outcome(
  post: PostmarkPost,
  { remoteAddress, ...options }: Partial<PostmarkOptions> & { remoteAddress?: string } = {},
): string {
  const { remoteAddress: _, ...request } = toWebhookRequest(post)
  try {
    postmark({ credentials: [hook], ...options }).verify(
      remoteAddress === undefined ? request : { ...request, remoteAddress },
    )
    return 'accepted'
  } catch (error) {
    return isWebhookError(error) ? `${error.status} ${error.code}` : String(error)
  }
}

describe('credentials', () => {
  const next = { username: 'hook', password: 'the-next-one' }

  it('may be several, so that one can be replaced', () => {
    for (const pair of [hook, next]) {
      expect(outcome(postmarkPosts(pair).bounce(), { credentials: [hook, next] })).toBe('accepted')
    }
    expect(outcome(posts.bounce(), { credentials: [next] })).toBe('401 credentials-wrong')
  })

  it.each([
    ['another password', { ...hook, password: 'another' }],
    ['the beginning of the password', { ...hook, password: 'a-long-one' }],
    ['another user', { ...hook, username: 'admin' }],
    ['nothing', { username: '', password: '' }],
  ])('are refused: %s', (_, pair) => {
    expect(outcome(postmarkPosts(pair).bounce())).toBe('401 credentials-wrong')
  })

  it('come before the body is read', () => {
    expect(outcome(postmarkPosts().of('{broken'))).toBe('401 credentials-missing')
    expect(outcome(posts.of('{broken'))).toBe('400 body-malformed')
  })
})

describe('allowedIps', () => {
  const from = (remoteAddress: string | undefined, ...allowedIps: string[]): string =>
    outcome(posts.bounce(), { allowedIps, ...(remoteAddress === undefined ? {} : { remoteAddress }) })

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['192.0.2.7', '::ffff:192.0.2.7'],
    ['192.0.2.200', '192.0.2.0/24'],
    ['::ffff:192.0.2.200', '192.0.2.0/24'],
    ['192.0.2.200', '192.0.2.7/24'],
    ['2001:db8::7', '2001:db8:0:0::7'],
    ['2001:db8:9::7', '2001:db8::/32'],
    ['198.51.100.1', '0.0.0.0/0'],
  ])('lets %s in by %s', (peer, entry) => {
    expect(from(peer, '203.0.113.1', entry, '2001:db8:ffff::1')).toBe('accepted')
  })

  it.each([
    ['192.0.2.8', '192.0.2.7'],
    ['192.0.3.7', '192.0.2.0/24'],
    ['::ffff:192.0.2.8', '192.0.2.7'],
    ['2001:db8::8', '2001:db8::7'],
    ['2001:db9::7', '2001:db8::/32'],
    ['::192.0.2.7', '192.0.2.7'],
    ['2001:db8::c000:207', '0.0.0.0/0'],
  ])('keeps %s out by %s', (peer, entry) => {
    expect(from(peer, entry)).toBe('403 address-not-allowed')
  })

  it('cannot decide where no peer is told, and asks Postmark to try again', () => {
    expect(from(undefined, '192.0.2.7')).toBe('503 address-not-allowed')
    expect(from('', '192.0.2.7')).toBe('503 address-not-allowed')
    expect(from('unix:', '192.0.2.7')).toBe('503 address-not-allowed')
  })

  it('is no way around the credentials', () => {
    const options = { allowedIps: ['192.0.2.7'], remoteAddress: '192.0.2.7' }
    expect(outcome(postmarkPosts().bounce(), options)).toBe('401 credentials-missing')
  })

  it.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'cf-connecting-ip', 'true-client-ip', 'x-client-ip'])(
    'does not believe %s',
    (header) => {
      const post = posts.bounce()
      post.headers[header] = header === 'forwarded' ? 'for=192.0.2.7' : '192.0.2.7'
      const allowedIps = ['192.0.2.7']
      expect(outcome(post, { allowedIps, remoteAddress: '198.51.100.1' })).toBe('403 address-not-allowed')
      expect(outcome(post, { allowedIps })).toBe('503 address-not-allowed')
    },
  )

  it.each([
    '',
    ' 192.0.2.7',
    '192.0.2.7 ',
    '192.0.2.7/',
    '192.0.2.7/33',
    '192.0.2.7/-1',
    '192.0.2.7/8/8',
    '192.0.2',
    '192.0.2.07',
    '2001:db8::/129',
    '2001:db8::/1e1',
    'postmarkapp.com',
    '*',
    '/24',
  ])('refuses the entry %j', (entry) => {
    const make = () => postmark({ credentials: [hook], allowedIps: ['192.0.2.7', entry] })
    expect(make).toThrow(/^\[bouncy\/postmark\] allowedIps\.1: give an address or a range/)
  })
})

describe('the body', () => {
  it.each([
    ['an array', '[{"RecordType":"Bounce"}]'],
    ['a text', '"Bounce"'],
    ['null', 'null'],
    ['nothing', ''],
    ['two objects', '{}{}'],
    ['a key twice', '{"RecordType":"Bounce","Email":"a@example.com","Email":"b@example.com"}'],
    ['a key twice further down', '{"RecordType":"Open","Geo":{"IP":"192.0.2.1","IP":"192.0.2.2"}}'],
    ['a key twice, spelt differently', '{"RecordType":"Bounce","\\u0052ecordType":"Delivery"}'],
    ['65 levels', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`],
  ])('is refused: %s', (_, body) => {
    expect(outcome(posts.of(body))).toBe('400 body-malformed')
  })

  it.each([
    ['a name of metadata twice', '{"Metadata":{"a":"1","a":"2"}}'],
    ['64 levels', `{"a":${'['.repeat(63)}${']'.repeat(63)}}`],
    ['an empty object', '{}'],
  ])('is taken: %s', (_, body) => {
    expect(outcome(posts.of(body))).toBe('accepted')
  })
})
