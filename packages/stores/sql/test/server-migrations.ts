import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { firstSchemaOn } from './first-schema.ts'
import type { Server, Session } from './servers.ts'

/** Events that are there before the migration. */
const ROWS = 100_000

/**
 * What a migration does to others who write into big tables meanwhile. The writer here gives up where it has to wait for
 * as long as `WAIT_S`: that is longer than a change waits for a table, and shorter than the transaction that it waits
 * for.
 */
export function describeBigMigrations(server: Server): void {
  const isPostgres = server.dialect === 'postgres'
  const WAIT_S = 5

  describe(`${server.name}: a migration of big tables`, { timeout: 120_000 }, () => {
    const sessions: Session[] = []
    let writer: Session
    let written = 0

    async function open(): Promise<Session> {
      const session = await server.begin()
      sessions.push(session)
      return session
    }

    /** Each statement is a transaction of its own. @param standing what the first version wrote besides */
    async function write(standing?: 'settled, lease_until, attempts'): Promise<void> {
      written += 1
      const [columns, values] = standing === undefined ? ['', ''] : [`, ${standing}`, ', 1, 0, 0']
      await writer.query('begin')
      await writer.query(`insert into bouncy_events
        (id, provider, type, address, message_id, occurred_at, received_at, data${columns})
        values ('toy_w${written}', 'toy', 'bounce', 'w@example.com', 'm', '2026-11-01T00:00:00.000Z', 1, '{}'${values})`)
      await writer.query('commit')
    }

    /** Two migrate, and have to wait for somebody, while the writer goes on. */
    async function migrateBehind(somebody: Session) {
      const stores = [server.storeByUrl(), server.storeByUrl()]
      const migrated = Promise.all(stores.map((store) => store.migrate()))
      await vi.waitFor(async () => expect(await server.waiting()).toBeGreaterThan(0), 20_000)
      for (let count = 0; count < 20; count += 1) await write('settled, lease_until, attempts')
      await somebody.commit()
      await migrated
      return stores
    }

    async function count(): Promise<number> {
      const { rows } = await sql<{ n: unknown }>`select count(*) as n from bouncy_events`.execute(
        server.kysely(),
      )
      return Number(rows[0]?.n)
    }

    beforeEach(async () => {
      await server.drop()
      written = 0
      writer = await open()
      for (const statement of firstSchemaOn(server.dialect)) await writer.query(statement)
      await writer.query(`insert into bouncy_events
        select concat('toy_', n), 'toy', 'bounce', concat(n % 999, '@example.com'), concat('m-', n),
          '2026-11-01T00:00:00.000Z', n, 1, 0, 0, '{"raw":"something of what was sent"}'
        from ${isPostgres ? `generate_series(1, ${ROWS}) as n` : `(select seq as n from seq_1_to_${ROWS}) as numbers`}`)
      await writer.query('commit')
      await writer.query(isPostgres ? `set lock_timeout = '${WAIT_S}s'` : `set lock_wait_timeout = ${WAIT_S}`)
    })
    afterEach(async () => {
      await Promise.allSettled(sessions.splice(0).map((session) => session.commit()))
    })

    it('that has to wait for somebody makes no writer wait with it, though two migrate at once', async () => {
      const reader = await open()
      await reader.query('select count(*) from bouncy_events')
      const stores = await migrateBehind(reader)
      for (let count = 0; count < 20; count += 1) await write()
      expect((await stores[0]?.events({ limit: 3 }))?.items).toHaveLength(3)
      expect(await count()).toBe(ROWS + written)
      await Promise.all(stores.map((store) => store.close()))
    })

    it.runIf(isPostgres)('makes its indexes beside writers, also one that was broken off', async () => {
      await writer.query(`
        alter table bouncy_events add retry_at bigint not null default 0, add redacted integer not null default 0;
        alter table bouncy_addresses add spent_at bigint not null default 0;
        create index bouncy_events_by_receipt on bouncy_events (redacted);
        update pg_index set indisvalid = false where indexrelid = 'bouncy_events_by_receipt'::regclass`)
      const other = await open()
      await other.query(
        "insert into bouncy_events select 'toy_slow', provider, type, address, message_id, occurred_at, 1, 1, 0, 0, data from bouncy_events limit 1",
      )
      const stores = await migrateBehind(other)
      const { rows } = await sql<{ name: string }>`
        select pg_get_indexdef(indexrelid) as name from pg_index
        where indrelid = 'bouncy_events'::regclass and indisvalid order by 1`.execute(server.kysely())
      expect(rows.map(({ name }) => name.replace(/.* USING btree /, ''))).toEqual([
        '(address, occurred_at, id) WHERE (address IS NOT NULL)',
        '(message_id, occurred_at, id) WHERE (message_id IS NOT NULL)',
        '(redacted, received_at, id)',
        '(occurred_at, id)',
        '(id)',
      ])
      expect(await count()).toBe(ROWS + written + 1)
      await Promise.all(stores.map((store) => store.close()))
    })
  })
}
