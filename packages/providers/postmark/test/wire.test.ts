import { variants } from '@bouncy/config/fuzz'
import { postmarkPosts } from '@bouncy/postmark/testing'
import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { readPost } from '../src/wire.ts'

const posts = postmarkPosts()
const EVERYTHING = Object.assign(
  {},
  ...[posts.bounce(), posts.spamComplaint(), posts.click(), posts.subscriptionChange(), posts.inbound()].map(
    (post) => JSON.parse(post.body),
  ),
)

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The same fields in the words of a schema library, which reads them more slowly: both find the same in whatever comes. */
const text = z.catch(z.optional(z.string().check(z.minLength(1))), undefined)
const flag = z.catch(z.optional(z.boolean()), undefined)
const id = z.catch(z.optional(z.union([z.string().check(z.minLength(1)), z.number()])), undefined)

const schema = z.object({
  ...each(text, 'RecordType', 'MessageStream', 'Tag'),
  /** All zeros, as in test posts, is none. */
  MessageID: z.catch(z.optional(z.string().check(z.regex(/[^0-]/))), undefined),
  ...each(text, 'Type', 'Email', 'From', 'Subject', 'Details', 'BouncedAt'),
  ...each(text, 'Recipient', 'DeliveredAt', 'ReceivedAt', 'UserAgent', 'OriginalLink'),
  ...each(text, 'ChangedAt', 'SuppressionReason', 'Origin'),
  ...each(flag, 'Inactive', 'SuppressSending'),
  ...each(id, 'ID', 'ServerID'),
  Geo: z.catch(z.object({ IP: text }), {}),
  ...each(z.optional(z.unknown()), 'FromFull', 'OriginalRecipient'),
  Metadata: z.catch(z.record(z.string(), z.unknown()), {}),
})

function each<Name extends string, Field>(field: Field, ...names: readonly Name[]): Record<Name, Field> {
  return Object.fromEntries(names.map((name) => [name, field])) as Record<Name, Field>
}

test('whatever stands in a field, a post is read as its schema says', () => {
  let count = 0
  for (const variant of variants(EVERYTHING)) {
    expect(readPost(variant)).toEqual(schema.parse(isObject(variant) ? variant : {}))
    count += 1
  }
  expect(count).toBeGreaterThan(100)
})
