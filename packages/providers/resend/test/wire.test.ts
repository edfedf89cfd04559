import { variants } from '@bouncy/config/fuzz'
import { resendSamples } from '@bouncy/resend/testing'
import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { readPost } from '../src/wire.ts'

const EVERYTHING = {
  ...resendSamples.bounced(),
  data: {
    ...resendSamples.suppressionAdded().data,
    ...resendSamples.clicked().data,
    ...resendSamples.suppressed().data,
    ...resendSamples.failed().data,
    ...resendSamples.bounced().data,
    open: { userAgent: 'Firefox', ipAddress: '192.0.2.1' },
    bounce: { type: 'Permanent', subType: 'General', message: 'no', diagnosticCode: ['smtp; 550'] },
  },
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The same fields in the words of a schema library, which reads them more slowly: both find the same in whatever comes. */
const filled = z.string().check(z.minLength(1))
const text = z.catch(z.optional(filled), undefined)
const texts = z.pipe(
  z.optional(z.unknown()),
  z.transform((value) => [value].flat().filter((one) => typeof one === 'string' && one !== '') as string[]),
)
/** An object, or a list as it was sent: `[{ name, value }]`. */
const tags = z.pipe(
  z.optional(z.unknown()),
  z.transform((value): Record<string, string> => {
    const listed = Array.isArray(value) ? value.map((tag) => [tag?.name, tag?.value]) : undefined
    const pairs = listed ?? (typeof value === 'object' ? Object.entries(value ?? {}) : [])
    return Object.fromEntries(pairs.filter((pair) => pair.every((part) => typeof part === 'string')))
  }),
)

const each = <Name extends string>(...names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, text])) as Record<Name, typeof text>

/** What is no object has none of the fields. */
const part = <Shape extends z.core.$ZodShape>(shape: Shape) =>
  z.pipe(z.catch(z.record(z.string(), z.unknown()), {}), z.object(shape))

const schema = z.object({
  ...each('type', 'created_at'),
  data: part({
    ...each('email_id', 'message_id', 'from', 'subject', 'created_at', 'id', 'email', 'origin', 'source_id'),
    to: texts,
    tags,
    bounce: part({ ...each('type', 'subType', 'message'), diagnosticCode: texts }),
    suppressed: part(each('type', 'message')),
    failed: part(each('reason')),
    click: part(each('link', 'userAgent', 'ipAddress')),
    open: part(each('userAgent', 'ipAddress')),
  }),
})

test('whatever stands in a field, a post is read as its schema says', () => {
  let count = 0
  for (const variant of variants(EVERYTHING)) {
    expect(readPost(variant)).toEqual(schema.parse(isObject(variant) ? variant : {}))
    count += 1
  }
  expect(count).toBeGreaterThan(100)
})
