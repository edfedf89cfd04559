import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import type { Bouncy, Provider, Suppression } from '@bouncy/core'
import pg from 'pg'
import type { Built } from './built.ts'
import { openStore } from './stores.ts'

/** A suppression list, and the same questions to it over the driver alone. */
export interface Listed {
  readonly bouncy: Bouncy
  readonly byHand: (addresses: readonly string[]) => Answer | Promise<Answer>
  /** The same list behind a filter in memory, which has been loaded. @param last whom it finds last */
  openFiltered(last: string): Promise<Bouncy>
  close(): Promise<void>
}

interface Answer {
  readonly deliverable: readonly string[]
  readonly suppressed: readonly Suppression[]
}

/** Fills a list with `listed-0@example.com` and so on. */
export async function openListed(
  kind: 'sqlite' | 'postgres',
  length: number,
  built: Pick<Built, 'folder' | 'load'>,
): Promise<Listed> {
  const { createBouncy } = await built.load<typeof import('@bouncy/core')>('@bouncy/core')
  const { store, place, drop } = await openStore(kind, built)
  const bouncy = createBouncy({ providers: [nobody], store })
  // makes the tables
  await bouncy.isSuppressed('nobody@example.com')
  const driver = kind === 'sqlite' ? overSqlite(place, length) : await overPostgres(place, length)
  return {
    bouncy,
    byHand: driver.check,
    async openFiltered(last) {
      const { filteredStore } = await built.load<typeof import('@bouncy/core/filter')>('@bouncy/core/filter')
      let asked = 0
      const counted: typeof store = {
        ...store,
        findSuppressions(keys) {
          asked += 1
          return store.findSuppressions(keys)
        },
      }
      const filtered = createBouncy({
        providers: [nobody],
        store: filteredStore(counted, { maxStaleMs: 600_000, lateMs: 0 }),
      })
      for (let before = -1; before !== asked; ) {
        before = asked
        await filtered.isSuppressed('nobody@example.com')
        await setTimeout(5)
      }
      if (!(await filtered.isSuppressed(last))) throw new Error('the filter does not find who is listed')
      return filtered
    },
    async close() {
      await driver.close()
      await bouncy.close()
      await drop()
    },
  }
}

/** There has to be one, and nobody posts. */
const nobody: Provider = {
  name: 'nobody',
  verify() {
    throw new Error('nobody posts')
  },
  parse: () => ({ events: [] }),
}

/** What an entry looks like; `<address>` is the address. */
const ENTRY = JSON.stringify({
  address: '<address>',
  reason: 'bounce',
  since: '2026-03-04T09:15:27.418Z',
  provider: 'ses',
  eventId: 'ses_cK735DncVJl3B0pxXppEOk',
})
const [BEFORE = '', AFTER = ''] = ENTRY.split('<address>')

/** What a statement of SQLite has at the most here: a few prepared ones serve every number of addresses. */
const AT_ONCE = 1_000

function overSqlite(file: string, length: number) {
  const database = new DatabaseSync(file)
  database.exec(`
    insert into bouncy_suppressions (address, place, reason, expires_at, data)
    with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n + 1 < ${length})
    select 'listed-' || n || '@example.com', 'bounce', 'bounce', null,
      '${BEFORE}' || 'listed-' || n || '@example.com' || '${AFTER}' from numbers;
    pragma wal_checkpoint(truncate);
  `)
  const prepare = (count: number) =>
    database.prepare(
      `select data from bouncy_suppressions where address in (${Array(count).fill('?').join(', ')})`,
    )
  const prepared = new Map<number, ReturnType<typeof prepare>>()
  return {
    check: (addresses: readonly string[]): Answer => {
      const keys = addresses.map((address) => address.trim().toLowerCase())
      const found = new Map<string, Suppression>()
      for (let start = 0; start < keys.length; start += AT_ONCE) {
        const some = keys.slice(start, start + AT_ONCE)
        const statement = prepared.get(some.length) ?? prepare(some.length)
        prepared.set(some.length, statement)
        for (const row of statement.all(...some)) take(row as unknown as Row, found)
      }
      return split(addresses, keys, found)
    },
    close: async () => database.close(),
  }
}

async function overPostgres(schema: string, length: number) {
  const pool = new pg.Pool({ connectionString: 'postgres://postgres@127.0.0.1:5432/postgres' })
  await pool.query(
    `insert into ${schema}.bouncy_suppressions (address, place, reason, expires_at, data)
     select 'listed-' || n || '@example.com', 'bounce', 'bounce', null, $1 || 'listed-' || n || '@example.com' || $2
     from generate_series(0, $3::int - 1) n`,
    [BEFORE, AFTER, length],
  )
  await pool.query(`analyze ${schema}.bouncy_suppressions`)
  const text = `select data from ${schema}.bouncy_suppressions where address = any($1)`
  return {
    check: async (addresses: readonly string[]): Promise<Answer> => {
      const keys = addresses.map((address) => address.trim().toLowerCase())
      const found = new Map<string, Suppression>()
      const { rows } = await pool.query<Row>({ name: 'check', text, values: [keys] })
      for (const row of rows) take(row, found)
      return split(addresses, keys, found)
    },
    close: () => pool.end(),
  }
}

interface Row {
  readonly data: string
}

function take({ data }: Row, found: Map<string, Suppression>): void {
  const suppression = JSON.parse(data) as Suppression
  found.set(suppression.address, suppression)
}

function split(
  addresses: readonly string[],
  keys: readonly string[],
  found: ReadonlyMap<string, Suppression>,
): Answer {
  const deliverable: string[] = []
  const suppressed: Suppression[] = []
  for (const [index, address] of addresses.entries()) {
    const suppression = found.get(keys[index] ?? '')
    if (suppression === undefined) deliverable.push(address)
    else suppressed.push({ ...suppression, address })
  }
  return { deliverable, suppressed }
}
