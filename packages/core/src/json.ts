import { WebhookError } from './error.ts'
import { charCodeAt, indexOf } from './string-methods.ts'

/** How a body is read. */
export interface ReadJsonOptions {
  /** @default 64 */
  readonly maxDepth?: number
  /** Keys below which the sender's customers choose the names, so that a name may occur twice there. @default none */
  readonly freeForm?: readonly string[]
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads JSON from a stranger: strict UTF-8, bounded depth, and no key twice in an object from which fields are read
 * (two readers of such an object may see two different things). A number that a double cannot hold exactly comes as the
 * text of its digits.
 *
 * @throws WebhookError `body-malformed`
 */
export function readJson(source: Uint8Array | string, options: ReadJsonOptions = {}): unknown {
  const text = typeof source === 'string' ? source : decode(source)
  const { colons, depth, inexact } = measure(text)
  if (depth > (options.maxDepth ?? 64)) throw malformed('nested too deeply')
  const value = parse(text, inexact ? exact : undefined)
  if (colons !== countKeys(value) && repeatsKey(text, options.freeForm ?? []))
    throw malformed('a key occurs twice')
  return value
}

function decode(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    throw malformed('not UTF-8')
  }
}

function parse(text: string, reviver: typeof exact | undefined): unknown {
  try {
    return JSON.parse(text, reviver as Parameters<typeof JSON.parse>[1])
  } catch {
    throw malformed('not JSON')
  }
}

/** A number that a double cannot hold is the text of its digits: it would become another one, or none at all. */
function exact(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) && !(value % 1) ? source : value
}

/**
 * Counts the colons outside strings (one a key, as the text stands) and the deepest nesting, without recursion, and
 * looks for numbers that may be too long for a double.
 */
function measure(text: string): {
  readonly colons: number
  readonly depth: number
  readonly inexact: boolean
} {
  let colons = 0
  let depth = 0
  let deepest = 0
  let digits = 0
  let inexact = false
  const { length } = text
  for (let index = 0; index < length; index += 1) {
    const code = charCodeAt.call(text, index)
    if (code >= 0x30 && code <= 0x39) {
      digits += 1
      inexact ||= digits > 15
      continue
    }
    if (code === 0x22) index = endOfString(text, index)
    else if (code === 0x3a) colons += 1
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth)
    else if (code === 0x7d || code === 0x5d) depth -= 1
    else if ((code === 0x65 || code === 0x45) && digits > 0) inexact = true
    digits = 0
  }
  return { colons, depth: deepest, inexact }
}

/** The index of the quote that closes the string opened at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  let end = indexOf.call(text, '"', start + 1)
  while (end > 0) {
    let backslashes = 0
    while (charCodeAt.call(text, end - 1 - backslashes) === 0x5c) backslashes += 1
    if (backslashes % 2 === 0) return end
    end = indexOf.call(text, '"', end + 1)
  }
  return text.length
}

/** Keys that survived parsing: fewer than colons, if one stood twice. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  if (Array.isArray(value)) {
    let sum = 0
    for (const item of value) sum += countKeys(item)
    return sum
  }
  let sum = 0
  for (const key in value) sum += 1 + countKeys((value as Record<string, unknown>)[key])
  return sum
}

/** The slow way, only for a body that is known to repeat a key: does it do so outside the free-form parts? */
function repeatsKey(text: string, freeForm: readonly string[]): boolean {
  const colon = /\s*:/y
  const open: { readonly keys: Set<string> | undefined; readonly free: boolean }[] = []
  let key: string | undefined
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    const inside = open.at(-1)
    if (character === '"') {
      const end = endOfString(text, index)
      colon.lastIndex = end + 1
      if (inside?.keys !== undefined && colon.test(text)) {
        key = JSON.parse(text.slice(index, end + 1)) as string
        if (!inside.free && inside.keys.has(key)) return true
        inside.keys.add(key)
      }
      index = end
    } else if (character === '{' || character === '[') {
      const free =
        inside?.free === true || (inside?.keys !== undefined && key !== undefined && freeForm.includes(key))
      open.push({ keys: character === '{' ? new Set() : undefined, free })
    } else if (character === '}' || character === ']') open.pop()
  }
  return false
}

function malformed(what: string): WebhookError {
  return new WebhookError('body-malformed', `[bouncy/core] the body is refused: ${what}`)
}
