import type { FuzzPost } from '../target.ts'
import type { Material } from './json.ts'
import { changeText } from './text.ts'

/** A changed post, and what was done. */
export type ChangedPost = readonly [name: string, post: FuzzPost]

/** Changes what stands around the body: headers mostly, now and then method, path, peer or provider. */
export function changeRequest(post: FuzzPost, material: Material): ChangedPost {
  const { random } = material
  if (random.chance(0.8)) return changeHeaders(post, material)
  return random.of<() => ChangedPost>([
    () => ['method', { ...post, method: random.of(METHODS) }],
    () => ['url', { ...post, url: changeText(post.url, material) }],
    () => ['peer', { ...post, remoteAddress: random.of(PEERS) }],
    () => ['provider', { ...post, to: random.of(NOBODY) }],
  ])()
}

function changeHeaders(post: FuzzPost, material: Material): ChangedPost {
  const { random } = material
  const headers = [...post.headers]
  const index = random.below(headers.length + 1)
  const [name, value] = headers[index] ?? ['x-fuzz', '']
  const put = (...made: readonly (readonly [string, string])[]): FuzzPost => {
    headers.splice(index, 1, ...made)
    return { ...post, headers }
  }
  return random.of<() => ChangedPost>([
    () => [`header: ${name} dropped`, put()],
    () => [`header: ${name} in capitals`, put([name.toUpperCase(), value])],
    () => [`header: ${name} edited`, put([name, changeText(value, material)])],
    () => [`header: ${name} edited`, put([name, changeText(value, material)])],
    () => [`header: ${name} twice`, put([name, value], [name, value])],
    () => [`header: ${name} twice, differing`, put([name, value], [name, changeText(value, material)])],
    () => [`header: ${name} of another`, put([name, random.of([['', ''], ...post.headers])[1] ?? ''])],
    () => {
      const [added, given] = random.of(HEADERS)
      return [`header: ${added} added`, put([name, value], [added, given])]
    },
  ])()
}

const METHODS = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'post', 'POST ', '']
const NOBODY = ['nobody', '', '__proto__', 'constructor', '../ses', 'SES']

/** Always addresses: a binding that knows no peer is answered 503 where the peer decides, which is right. */
const PEERS = [
  '127.0.0.1',
  '::1',
  '::ffff:203.0.113.9',
  '203.0.113.200',
  '198.51.100.1',
  '2001:db8::1',
  'fe80::1',
]

const HEADERS: readonly (readonly [string, string])[] = [
  ['content-encoding', 'gzip'],
  ['content-encoding', 'identity'],
  ['content-encoding', ''],
  ['content-type', 'application/x-www-form-urlencoded'],
  ['content-type', 'multipart/form-data; boundary=x'],
  ['content-type', '\0'],
  ['content-length', '0'],
  ['content-length', '-1'],
  ['transfer-encoding', 'chunked'],
  ['authorization', ''],
  ['authorization', 'Basic'],
  ['authorization', 'Basic dW5kZWZpbmVkOnVuZGVmaW5lZA=='],
  ['authorization', 'Basic Og=='],
  ['authorization', 'Bearer x'],
  ['x-forwarded-for', '203.0.113.9'],
  ['forwarded', 'for=203.0.113.9'],
  ['x-real-ip', '203.0.113.9'],
  ['x-amz-sns-rawdelivery', 'true'],
  ['x-amz-sns-rawdelivery', 'TRUE'],
  ['x-amz-sns-message-type', 'Notification'],
  ['x-amz-sns-message-type', 'SubscriptionConfirmation'],
  ['x-amz-sns-message-type', '__proto__'],
  ['x-amz-sns-topic-arn', 'arn:aws:sns:us-east-1:999999999999:evil'],
]
