import type { Send } from './client.ts'
import type { HashName, SetName } from './keys.ts'
import { createScript, SEARCH } from './scripts.ts'

/** A part of a sorted set whose members are in the order of their bytes; `min` and `max` as Redis writes them. */
export interface Range {
  readonly min: string
  readonly max: string
  readonly limit: number
  /** Last member first. */
  readonly reverse?: boolean
}

/** How the database is read. */
export interface Reader {
  /** What the fields hold, in their order. */
  read(hash: HashName, fields: readonly string[]): Promise<readonly (string | undefined)[]>
  /** Members between two members. */
  range(set: SetName, range: Range): Promise<readonly string[]>
  /** Members with a score up to `max` (below it, as `(5`), lowest first, without the first `skip`. */
  upTo(set: SetName, max: string, limit: number, skip?: number): Promise<readonly string[]>
  /** Fields of a hash, in portions, whose value may hold one of the texts, compared without case. */
  search(hash: HashName, texts: readonly string[]): AsyncGenerator<readonly string[]>
}

/** Fields in one command at the most: enough to save round trips, few enough to let others in between. */
const SLICE = 10_000
/** Values that are looked at in one step of a search. */
const SEARCHED = 100

/** Reads the keys under a prefix. */
export function createReader(send: Send, prefix: string): Reader {
  const searchStep = createScript(send, SEARCH)

  return {
    async read(hash, fields) {
      const slices = Array.from({ length: Math.ceil(fields.length / SLICE) }, (_, index) =>
        fields.slice(index * SLICE, (index + 1) * SLICE),
      )
      const replies = await Promise.all(slices.map((slice) => send('hmget', [prefix + hash, ...slice])))
      return (replies as unknown[][]).flatMap((reply) =>
        reply.map((value) => (value === null || value === undefined ? undefined : String(value))),
      )
    },
    async range(set, { min, max, limit, reverse }) {
      const bounds = reverse === true ? [max, min] : [min, max]
      const order = reverse === true ? ['bylex', 'rev'] : ['bylex']
      return texts(await send('zrange', [prefix + set, ...bounds, ...order, 'limit', '0', String(limit)]))
    },
    async upTo(set, max, limit, skip = 0) {
      const page = ['limit', String(skip), String(limit)]
      return texts(await send('zrange', [prefix + set, '-inf', max, 'byscore', ...page]))
    },
    async *search(hash, wanted) {
      const needles = needlesOf(wanted)
      let cursor = '0'
      do {
        const reply = await searchStep([prefix + hash], [cursor, String(SEARCHED), ...needles])
        const [next, found] = reply as [unknown, unknown]
        cursor = String(next)
        const fields = texts(found)
        if (fields.length > 0) yield fields
      } while (cursor !== '0')
    },
  }
}

/** Also where a client is set to answer with buffers. */
const texts = (reply: unknown): readonly string[] => (reply as readonly unknown[]).map(String)

/** The only characters outside ASCII that have a lower case inside it: the Kelvin sign and the dotted I. */
const LIKE_ASCII = ['\u212a', '\u0130']

/**
 * Texts of which every value holds at least one that holds, once it is in lower case, one of those that are wanted. The
 * server can lower the case of ASCII only, so it looks for the longest part of each that is ASCII.
 */
function needlesOf(wanted: readonly string[]): readonly string[] {
  const parts = wanted.map((text) =>
    (text.match(/[ -~]+/g) ?? ['']).reduce((one, other) => (other.length > one.length ? other : one)),
  )
  return [...new Set([...parts, ...LIKE_ASCII])]
}
