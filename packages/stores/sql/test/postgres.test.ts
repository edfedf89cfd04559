import { testStore } from '@bouncy/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { batchOf } from './batches.ts'
import { describeDaily } from './daily-cases.ts'
import { openPostgresServer } from './postgres-server.ts'
import { describeServer } from './server-cases.ts'
import { describeBigMigrations } from './server-migrations.ts'
import { describePlans } from './server-plans.ts'
import { reach } from './servers.ts'
import { spread } from './spread.ts'
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

  describeServer(server)
  describeDaily(server.name, server.store, server.empty)
  describePlans(server)
  describeBigMigrations(server)
}
