import { variants } from '@bouncy/config/fuzz'
import { sendgridSamples } from '@bouncy/sendgrid/testing'
import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { readFields } from '../src/wire.ts'

const EVERYTHING = {
  ...sendgridSamples.deferred(),
  ...sendgridSamples.bounce(),
  ...sendgridSamples.groupUnsubscribe(),
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The same fields in the words of a schema library, which reads them more slowly: both find the same in whatever comes. */
const filled = z.string().check(z.minLength(1))
const text = z.catch(z.optional(filled), undefined)
const figure = z.catch(z.optional(z.union([filled, z.number()])), undefined)

const schema = z.object({
  ...each(text, 'event', 'email', 'sg_message_id', 'type', 'bounce_classification', 'status'),
  ...each(text, 'reason', 'response', 'url', 'useragent', 'ip'),
  ...each(figure, 'timestamp', 'attempt', 'asm_group_id'),
  category: z.catch(z.optional(z.union([filled, z.array(filled)])), undefined),
})

function each<Name extends string, Field>(field: Field, ...names: readonly Name[]): Record<Name, Field> {
  return Object.fromEntries(names.map((name) => [name, field])) as Record<Name, Field>
}

test('whatever stands in a field, a post is read as its schema says', () => {
  let count = 0
  for (const variant of variants(EVERYTHING)) {
    expect(readFields(variant)).toEqual(schema.parse(isObject(variant) ? variant : {}))
    count += 1
  }
  expect(count).toBeGreaterThan(100)
})
