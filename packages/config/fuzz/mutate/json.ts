import type { Random } from '../random.ts'
import { changeText } from './text.ts'
import { KEYS, LITERALS } from './tokens.ts'
import {
  type Member,
  PLAIN,
  type Place,
  placesIn,
  readTree,
  type Style,
  type Tree,
  writeTree,
} from './tree.ts'

/** Characters that one change may add: changes follow each other, and what is repeated may be repeated again. */
const MAX_GROWTH = 300_000

/** What a change may draw on. */
export interface Material {
  readonly random: Random
  /** Texts that mean something to the provider, besides those that are hostile to all. */
  readonly tokens: readonly string[]
}

/** A changed text, and what was done. */
export type Changed = readonly [name: string, text: string]

/**
 * Changes JSON as somebody would who knows its structure: drops, repeats, renames, swaps, retypes and nests its members,
 * also those of JSON inside of its strings. The result may be no JSON any more.
 *
 * @returns nothing for a text that is no object or array
 */
export function changeJson(text: string, material: Material): Changed | undefined {
  const tree = readTree(text)
  if (tree === undefined) return undefined
  const name = changeTree(tree, material)
  return [`json: ${name}`, writeTree(tree, styleOf(material.random))]
}

function changeTree(tree: Tree, material: Material): string {
  const places = placesIn(tree)
  if (places.length === 0 || !('members' in tree)) return 'nothing'
  const [members, index] = material.random.of(places)
  const member = members[index]
  if (member === undefined) return 'nothing'
  const inner = member.value.kind === 'text' && material.random.chance(0.7) && readTree(member.value.value)
  if (inner) {
    const name = changeTree(inner, material)
    member.value = { kind: 'text', value: writeTree(inner) }
    return `in ${member.key}, ${name}`
  }
  const [name, change] = material.random.of(CHANGES)
  change({ member, members, index, places, material })
  return `${name} ${member.key}`.slice(0, 80)
}

/** The member that is changed, and what stands around it. */
interface Spot {
  readonly member: Member
  readonly members: Member[]
  readonly index: number
  readonly places: readonly Place[]
  readonly material: Material
}

type Change = (spot: Spot) => void

const CHANGES: readonly (readonly [name: string, change: Change])[] = [
  ['drop', ({ members, index }) => members.splice(index, 1)],
  ['keep only', ({ member, members }) => members.splice(0, members.length, member)],
  ['repeat', ({ member, members, index }) => members.splice(index, 0, { ...member })],
  [
    'repeat otherwise',
    (spot) => {
      const { member, members, index, material } = spot
      const other = { ...member, value: anyValue(spot) }
      members.splice(index + material.random.below(2), 0, other)
    },
  ],
  [
    'repeat many times',
    ({ member, members, index, material }) => {
      const most = MAX_GROWTH / (1 + writeTree(member.value).length)
      const length = Math.min(most, material.random.of([2, 10, 63, 1_001]))
      members.splice(index, 0, ...Array.from({ length }, () => ({ ...member })))
    },
  ],
  ['rename', (spot) => Object.assign(spot.member, { key: anyKey(spot) })],
  ['add beside', (spot) => spot.members.push({ key: anyKey(spot), value: anyValue(spot) })],
  [
    'swap',
    (spot) => {
      // copies, since one may be inside the other, and a tree that holds itself has no end
      const other = anyMember(spot)
      const [value, otherValue] = [copyOf(spot.member.value), copyOf(other.value)]
      Object.assign(spot.member, { value: otherValue })
      Object.assign(other, { value })
    },
  ],
  ['copy into', (spot) => Object.assign(spot.member, { value: copyOf(anyMember(spot).value) })],
  ['replace', (spot) => Object.assign(spot.member, { value: anyValue(spot) })],
  ['retype', (spot) => Object.assign(spot.member, { value: retyped(spot) })],
  ['nest', (spot) => Object.assign(spot.member, { value: nested(spot) })],
  ['edit', edit],
  ['edit', edit],
  ['edit', edit],
]

function edit({ member, material }: Spot): void {
  const { value } = member
  if (value.kind === 'text') member.value = { kind: 'text', value: changeText(value.value, material) }
  else if (value.kind === 'literal')
    member.value = { kind: 'literal', source: changeText(value.source, material) }
  else value.members.reverse()
}

function anyValue({ material: { random, tokens } }: Spot): Tree {
  return random.chance(0.5)
    ? { kind: 'literal', source: random.of(LITERALS) }
    : { kind: 'text', value: random.of(tokens) }
}

function anyKey(spot: Spot): string {
  const { member, material } = spot
  const { random } = material
  return random.of([
    random.of(KEYS),
    anyMember(spot).key,
    member.key.toLowerCase(),
    member.key.toUpperCase(),
    member.key.replace('URL', 'Url'),
    `${member.key}\0`,
    changeText(member.key, material),
  ])
}

function anyMember({ member, places, material }: Spot): Member {
  const [members, index] = material.random.of(places)
  return members[index] ?? member
}

function retyped({ member: { key, value }, material: { random } }: Spot): Tree {
  const text = value.kind === 'text' ? value.value : writeTree(value)
  const wrapped: readonly Tree[] = [
    { kind: 'text', value: text },
    { kind: 'literal', source: text },
    { kind: 'array', members: [{ key: '0', value }] },
    { kind: 'object', members: [{ key: '0', value }] },
    { kind: 'object', members: [{ key, value }] },
    {
      kind: 'array',
      members: [...text.slice(0, 100)].map((one) => ({ key: '', value: { kind: 'text', value: one } })),
    },
    'members' in value ? { ...value, kind: value.kind === 'array' ? 'object' : 'array' } : value,
  ]
  return random.of(wrapped)
}

/** As text, since a tree of such depth could not be written without running out of stack. */
function nested({ member, material: { random } }: Spot): Tree {
  const depth = random.of([1, 2, 30, 61, 62, 63, 64, 65, 66, 200, 20_000])
  const [before, after] = random.of([
    ['[', ']'],
    ['{"a":', '}'],
    ['[{"a":', '}]'],
  ])
  return { kind: 'literal', source: before.repeat(depth) + writeTree(member.value) + after.repeat(depth) }
}

const copyOf = (tree: Tree): Tree => structuredClone(tree)

function styleOf(random: Random): Style {
  if (random.chance(0.7)) return PLAIN
  const space = random.of(['', ' ', '\n  ', '\t', '\r\n', ' '.repeat(300)])
  return random.chance(0.5) ? { space } : { space, escapes: () => random.chance(0.2) }
}
