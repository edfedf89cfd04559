import { variants } from '@bouncy/config/fuzz'
import { createMailgunSigner, mailgunSamples } from '@bouncy/mailgun/testing'
import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { readEvent, readSignature } from '../src/wire.ts'

const EVERYTHING = {
  ...mailgunSamples.rejected(),
  ...mailgunSamples.clicked(),
  ...mailgunSamples.permanentFail(),
  'mailing-list': { address: 'news@mg.example.org' },
}

/** The same fields in the words of a schema library, which reads them more slowly: both find the same in whatever comes. */
const filled = z.string().check(z.minLength(1))
const text = z.catch(z.optional(z.union([filled, z.pipe(z.number(), z.transform(String))])), undefined)
const hex = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const proof = z.object({
  timestamp: z.pipe(text, z.string().check(z.regex(/^\d{10}$/))),
  token: z.string().check(z.regex(/^[\w-]{1,128}$/)),
  signature: hex,
  'parent-signature': z.catch(hex, ''),
})

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
const record = z.catch(z.record(z.string(), z.unknown()), {})
const part = <Shape extends z.core.$ZodShape>(shape: Shape) => z.pipe(record, z.object(shape))
const each = <Name extends string>(...names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, text])) as Record<Name, typeof text>

const event = part({
  ...each('event', 'id', 'timestamp', 'recipient', 'severity', 'reason', 'ip', 'url'),
  tags: z.catch(z.array(filled), []),
  'user-variables': z.catch(z.record(z.string(), z.pipe(z.unknown(), z.transform(asText))), {}),
  message: part({ headers: part(each('message-id', 'to', 'from', 'subject')) }),
  envelope: part(each('targets')),
  'delivery-status': part({
    ...each('code', 'message', 'description', 'mx-host', 'enhanced-code', 'bounce-code', 'bounce-type'),
  }),
  reject: part(each('reason')),
  'client-info': part(each('user-agent')),
  'mailing-list': part(each('address')),
})

test('whatever stands in a field, a post is read as its schema says', () => {
  let count = 0
  for (const variant of variants(EVERYTHING)) {
    expect(readEvent(variant)).toEqual(event.parse(variant))
    count += 1
  }
  expect(count).toBeGreaterThan(100)
})

test('whatever stands in a signature, it is read as its schema says', () => {
  const { sign } = createMailgunSigner({ parentKey: 'another key' })
  for (const variant of variants(sign()))
    expect(readSignature(variant)).toEqual(proof.safeParse(variant).data)
})
