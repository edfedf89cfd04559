import { setImmediate } from 'node:timers/promises'
import { type RawBuilder, sql } from 'kysely'
import type { Access } from './access.ts'
import { KEYS } from './remove.ts'
import { STEP } from './steps.ts'
import type { Trx } from './tables.ts'

/** Looks for spellings of an address in texts of JSON, without regard to case. */
export interface Search {
  /** Whether a column may hold one: as far as the database can tell, which knows no case but that of ASCII. */
  mayHold(column: string): RawBuilder<boolean>
  holds(json: string): boolean
}

/** @param spellings in lower case */
export function searchFor(spellings: readonly string[]): Search {
  const texts = spellings.map((spelling) => JSON.stringify(spelling).slice(1, -1))
  const patterns = texts.map((text) => `%${text.replaceAll(/[!%_]|k|i?[^ -~]+/g, wildcard)}%`)
  return {
    mayHold(column) {
      const likes = patterns.map(
        (pattern) => sql<boolean>`lower(${sql.ref(column)}) like ${pattern} escape '!'`,
      )
      return sql<boolean>`(${sql.join([sql`1 = 0`, ...likes], sql` or `)})`
    },
    holds(json) {
      const text = json.toLowerCase()
      return texts.some((one) => text.includes(one))
    },
  }
}

/** For what a database may know no lower case of: the Kelvin sign is a k then, and the İ an i with a dot above. */
const wildcard = (part: string): string => {
  if (part === 'k') return '_'
  return /[!%_]/.test(part) ? `!${part}` : '%'
}

/** Where texts of JSON are. */
const TEXTS = {
  bouncy_events: 'data',
  bouncy_addresses: 'marks',
  bouncy_quarantined: 'data',
  bouncy_audit: 'data',
} as const

/** Rows that one query looks through. */
const RANGE = 1_000

/** Goes through a table, a range of keys at a time, and does something about the rows in which something is found. */
export async function forEachHit(
  { read, transact }: Access,
  table: keyof typeof TEXTS,
  search: Search,
  act: (trx: Trx, keys: readonly string[]) => Promise<unknown>,
): Promise<void> {
  // one table stands for all, which differ in names alone
  const [one, key, text] = [table as 'bouncy_events', KEYS[table] as 'id', TEXTS[table] as 'data']
  let after: string | undefined
  do {
    const range = await read(async (db) => {
      const rest = db.selectFrom(one).$if(after !== undefined, (some) => some.where(key, '>', after ?? ''))
      const last = await rest
        .select(key)
        .orderBy(key)
        .offset(RANGE - 1)
        .limit(1)
        .executeTakeFirst()
      const found = await rest
        .select([key, text])
        .$if(last !== undefined, (some) => some.where(key, '<=', last?.[key] ?? ''))
        .where(search.mayHold(text))
        .execute()
      return {
        hits: found.filter((row) => search.holds(row[text])).map((row) => row[key]),
        last: last?.[key],
      }
    })
    for (let start = 0; start < range.hits.length; start += STEP) {
      await transact((trx) => act(trx, range.hits.slice(start, start + STEP)))
    }
    after = range.last
    await setImmediate()
  } while (after !== undefined)
}
