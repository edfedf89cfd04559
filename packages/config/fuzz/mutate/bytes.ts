import type { Random } from '../random.ts'
import type { Material } from './json.ts'
import { BROKEN_UTF8 } from './tokens.ts'

/** A changed body, and what was done. */
export type ChangedBytes = readonly [name: string, body: Uint8Array]

/**
 * Changes a body as somebody would who knows nothing of its structure.
 *
 * @param other another genuine body, to splice with
 */
export function changeBytes(body: Uint8Array, other: Uint8Array, material: Material): ChangedBytes {
  const [name, change] = material.random.of(CHANGES)
  const at = material.random.below(body.length + 1)
  const to = at + material.random.below(Math.min(body.length - at, 64) + 1)
  const cut = { body, before: body.subarray(0, at), span: body.subarray(at, to), after: body.subarray(to) }
  return [`bytes: ${name} at ${at}`, change({ ...cut, other, material })]
}

interface Cut {
  readonly body: Uint8Array
  readonly before: Uint8Array
  readonly span: Uint8Array
  readonly after: Uint8Array
  readonly other: Uint8Array
  readonly material: Material
}

const CHANGES: readonly (readonly [name: string, change: (cut: Cut) => Uint8Array])[] = [
  ['bit flipped', ({ body, material: { random } }) => flipped(body, 1 << random.below(8), random)],
  ['byte changed', ({ body, material: { random } }) => flipped(body, 1 + random.below(255), random)],
  ['cut off', ({ before }) => before],
  ['begun', ({ span, after }) => join(span, after)],
  ['cut out', ({ before, after }) => join(before, after)],
  ['doubled', ({ before, span, after }) => join(before, span, span, after)],
  [
    'repeated',
    ({ before, span, after, material: { random } }) =>
      join(before, ...Array<Uint8Array>(random.of([3, 20, 1_000])).fill(span), after),
  ],
  ['swapped', ({ before, span, after }) => join(before, after, span)],
  ['reversed', ({ before, span, after }) => join(before, Uint8Array.from(span).reverse(), after)],
  ['token', ({ before, span, after, material }) => join(before, token(material), span, after)],
  ['token', ({ before, span, after, material }) => join(before, token(material), span, after)],
  ['token instead', ({ before, after, material }) => join(before, token(material), after)],
  [
    'no UTF-8',
    ({ before, span, after, material: { random } }) => join(before, random.of(BROKEN_UTF8), span, after),
  ],
  [
    'noise',
    ({ before, span, after, material: { random } }) =>
      join(before, random.bytes(1 + random.below(16)), span, after),
  ],
  [
    'spliced',
    ({ before, other, material: { random } }) => join(before, other.subarray(random.below(other.length + 1))),
  ],
  ['spliced in place', ({ before, other }) => join(before, other.subarray(before.length))],
  ['followed by another', ({ body, other }) => join(body, other)],
  ['put into another', ({ before, span, after, other }) => join(before, other, span, after)],
]

function flipped(body: Uint8Array, mask: number, random: Random): Uint8Array {
  const changed = Uint8Array.from(body)
  const at = random.below(Math.max(1, body.length))
  if (body.length > 0) changed[at] = (changed[at] ?? 0) ^ mask
  return changed
}

const token = ({ random, tokens }: Material): Uint8Array => Buffer.from(random.of(tokens))

const join = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts)
