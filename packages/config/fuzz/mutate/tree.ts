/** JSON as it is written rather than as it is meant: a key may occur twice, a scalar may be no JSON at all. */
export type Tree =
  | { readonly kind: 'object' | 'array'; readonly members: Member[] }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'literal'; readonly source: string }

/** What an object or array holds; in an array the key means nothing. */
export interface Member {
  key: string
  value: Tree
}

/** How a tree is written. */
export interface Style {
  /** Between tokens. */
  readonly space: string
  /** Whether a character is written as `\uXXXX` though it need not be. @default never */
  readonly escapes?: (character: string) => boolean
}

export const PLAIN: Style = { space: '' }

const MAX_DEPTH = 300

/** @returns nothing for what is no object or array of JSON, or one so deep that recursion would not end well */
export function readTree(text: string): Tree | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    return treeOf(JSON.parse(text), MAX_DEPTH)
  } catch {
    return undefined
  }
}

export function writeTree(tree: Tree, style: Style = PLAIN): string {
  switch (tree.kind) {
    case 'literal':
      return tree.source
    case 'text':
      return writeText(tree.value, style)
    case 'array':
      return `[${tree.members.map(({ value }) => style.space + writeTree(value, style)).join(',')}${style.space}]`
    case 'object':
      return `{${tree.members.map((member) => writeMember(member, style)).join(',')}${style.space}}`
  }
}

/** Where a value stands: the list that it is in, and its index there. */
export type Place = readonly [members: Member[], index: number]

/** Every place in a tree. */
export function placesIn(tree: Tree, found: Place[] = []): readonly Place[] {
  if (!('members' in tree)) return found
  for (const [index, { value }] of tree.members.entries()) {
    found.push([tree.members, index])
    placesIn(value, found)
  }
  return found
}

function treeOf(value: unknown, levels: number): Tree {
  if (levels === 0) throw new RangeError('too deep')
  if (typeof value === 'string') return { kind: 'text', value }
  if (typeof value !== 'object' || value === null) return { kind: 'literal', source: JSON.stringify(value) }
  const members = Object.entries(value).map(([key, inner]) => ({ key, value: treeOf(inner, levels - 1) }))
  return { kind: Array.isArray(value) ? 'array' : 'object', members }
}

function writeMember({ key, value }: Member, style: Style): string {
  return `${style.space}${writeText(key, style)}${style.space}:${style.space}${writeTree(value, style)}`
}

function writeText(text: string, { escapes }: Style): string {
  if (escapes === undefined) return JSON.stringify(text)
  return JSON.stringify(text).replaceAll(/[^"\\]|\\(?:u....|.)/gu, (character) =>
    character.length === 1 && escapes(character) ? escaped(character) : character,
  )
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
