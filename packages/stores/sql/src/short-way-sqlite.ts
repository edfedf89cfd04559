import type { SqliteDatabase, SqliteStatement, Turns } from './node-sqlite.ts'
import type { Found, ShortWay } from './short-way.ts'
import { MOST_VALUES } from './slices.ts'

/** Up to so many addresses have a statement for each number of them; beyond that, powers of two have one. */
const EXACT = 100

/**
 * Asks a database directly where nobody has the connection, within whose transaction the question would be asked. A
 * statement stays prepared for each number of addresses, of which there are few: it takes one address for several where
 * it has too many places.
 */
export function sqliteShortWay(database: SqliteDatabase, turns: Turns): ShortWay {
  const prepared = new Map<number, SqliteStatement>()

  function prepare(places: number): SqliteStatement {
    const there = prepared.get(places)
    if (there !== undefined) return there
    const list = Array(places).fill('?').join(', ')
    const statement = database.prepare(`select data from bouncy_suppressions where address in (${list})`)
    prepared.set(places, statement)
    return statement
  }

  return {
    most: MOST_VALUES,
    find(addresses) {
      if (turns.areTaken()) return undefined
      const { length } = addresses
      const places = length <= EXACT ? length : 2 ** Math.ceil(Math.log2(length))
      const values =
        places === length ? addresses : [...addresses, ...Array(places - length).fill(addresses[0])]
      try {
        return prepare(places).all(...(values as never[])) as Found[]
      } catch {
        return undefined // Kysely's way waits for who is writing, and says what is wrong
      }
    },
  }
}
