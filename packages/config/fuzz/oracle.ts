import { isUtf8 } from 'node:buffer'
import { headerOf } from './post.ts'
import type { FuzzPost } from './target.ts'

/** How a body is read. */
export interface ReadOptions {
  /** Keys below which the sender's customers choose the names: a name may occur twice there. @default none */
  readonly freeForm?: readonly string[]
  /** @default 64 */
  readonly maxDepth?: number
}

const TOKEN = /"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}[\]]/gs

/**
 * The object that a body is by the rules of the contract: strict UTF-8, JSON, nested within bounds, no key twice. Written
 * apart from the reader of core, to judge it.
 *
 * @returns nothing where a provider has to refuse the body
 */
export function readObject(
  body: Uint8Array | string,
  options: ReadOptions = {},
): Readonly<Record<string, unknown>> | undefined {
  if (typeof body !== 'string' && !isUtf8(body)) return undefined
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
  const value = parse(text)
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject && isSound(text, options) ? { ...value } : undefined
}

/** The Basic credentials of a request as `username:password`, however carelessly they are encoded (RFC 7617). */
export function credentialsOf(post: FuzzPost): string | undefined {
  const [scheme, ...rest] = (headerOf(post, 'authorization') ?? '').trim().split(/ +/)
  return scheme?.toLowerCase() === 'basic'
    ? Buffer.from(rest.join(' '), 'base64').toString('utf8')
    : undefined
}

/** Whether valid JSON keeps the bounds. */
function isSound(text: string, { freeForm = [], maxDepth = 64 }: ReadOptions): boolean {
  const open: { readonly keys: Set<string>; readonly free: boolean }[] = []
  let key = ''
  for (const [token] of text.matchAll(TOKEN)) {
    const inside = open.at(-1)
    if (token.endsWith(':')) {
      key = JSON.parse(token.slice(0, token.lastIndexOf('"') + 1)) as string
      if (inside?.free === false && inside.keys.has(key)) return false
      inside?.keys.add(key)
    } else if (token === '{' || token === '[') {
      open.push({ keys: new Set(), free: inside?.free === true || freeForm.includes(key) })
      key = ''
      if (open.length > maxDepth) return false
    } else if (token === '}' || token === ']') {
      open.pop()
      key = ''
    }
  }
  return true
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
