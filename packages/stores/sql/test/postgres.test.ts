import { postgresStore } from '@bouncy/sql/postgres'
import { testStore } from '@bouncy/testkit'
import { Pool } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { batchOf, suppressing } from './batches.ts'
import { describeDaily } from './daily-cases.ts'
import { describeErasure } from './erasure-cases.ts'
import { openPostgresServer } from './postgres-server.ts'
import { describeRedelivery } from './redelivery-cases.ts'
import { describeServer } from './server-cases.ts'
import { describeBigMigrations } from './server-migrations.ts'
import { describePlans } from './server-plans.ts'
import { reach } from './servers.ts'
import { spread } from './spread.ts'
import { describeWaitingUpgrade } from './upgrade-cases.ts'
import { wordsOver } from './words.ts'

const server = await reach('PostgreSQL at 127.0.0.1:5432', openPostgresServer)

if (server !== undefined) {
  beforeAll(async () => {
    await server.drop()
    const store = server.store()
    await store.migrate()
    await store.close()
  }, 60_000)
  afterAll(() => server.end(), 60_000)
  const transactions = wordsOver(() => server.kysely().selectFrom('shop_words').selectAll().execute())

  testStore(
    'postgresStore',
    async () => {
      await server.empty()
      return server.store()
    },
    { reopen: () => server.store(), transactions },
  )
  testStore(
    'four of postgresStore over one database',
    async () => {
      await server.empty()
      return spread([1, 2, 3, 4].map(() => server.store()))
    },
    { reopen: () => server.store(), transactions },
  )
  it('lives in the schema of its connections, though another has tables of the same names', async () => {
    await server.empty()
    const session = await server.begin()
    await session.query('create schema second')
    await session.commit()
    const first = server.store()
    await first.record(batchOf('kim'))
    const second = server.storeByUrl({ migrate: 'auto' }, server.port, '?options=-csearch_path%3Dsecond')
    expect((await second.events({})).items).toEqual([])
    expect((await second.record(batchOf('kim'))).events[0]?.state).toBe('new')
    expect((await first.events({})).items).toHaveLength(1)
    await Promise.all([first.close(), second.close()])
  })

  it('listens once to a connection, however many stores stand over its pool', async () => {
    const listeners: number[] = []
    for (let count = 0; count < 3; count += 1) {
      const store = server.store()
      await store.events({})
      await store.close()
      const clients = await Promise.all(Array.from({ length: 12 }, () => server.pool.connect()))
      listeners.push(Math.max(...clients.map((client) => client.listenerCount('error'))))
      for (const client of clients) client.release()
    }
    expect(new Set(listeners).size).toBe(1)
  })

  it('finds suppressions though a pooler has forgotten, or never knew, the statement for it', async () => {
    await server.empty()
    const session = await server.begin()
    const [{ name }] = (
      (await session.query('select current_database() as name')) as { rows: [{ name: string }] }
    ).rows
    await session.commit()
    const pool = new Pool({
      connectionString: `postgres://postgres@127.0.0.1:${server.port}/${name}`,
      max: 1,
    })
    const store = postgresStore(pool)
    const key = 'kim@example.com'
    await store.record({ ...batchOf('kim'), marks: [suppressing('kim')] })
    expect(await store.findSuppressions([key])).toHaveLength(1)
    await pool.query('deallocate all')
    expect(await store.findSuppressions([key])).toHaveLength(1)
    expect(await store.findSuppressions([key])).toHaveLength(1)
    const { rows } = await pool.query('select name from pg_prepared_statements')
    expect(rows).toEqual([])
    await store.close()
    await pool.end()
  })

  describeServer(server)
  describeDaily(server.name, server.store, server.empty)
  describePlans(server)
  describeBigMigrations(server)
  describeErasure(server)
  describeRedelivery(server)
  describeWaitingUpgrade(server.name, server.dialect, async () => {
    await server.drop()
    return { db: server.kysely(), store: server.store() }
  })
}
