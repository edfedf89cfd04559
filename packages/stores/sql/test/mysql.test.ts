import { testStore } from '@bouncy/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { batchOf } from './batches.ts'
import { describeDaily } from './daily-cases.ts'
import { openMysqlServer } from './mysql-server.ts'
import { describeServer } from './server-cases.ts'
import { describeBigMigrations } from './server-migrations.ts'
import { describePlans } from './server-plans.ts'
import { reach } from './servers.ts'
import { spread } from './spread.ts'
import { wordsOver } from './words.ts'

const server = await reach('MariaDB at 127.0.0.1:3306', openMysqlServer)

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
    'mysqlStore',
    async () => {
      await server.empty()
      return server.store()
    },
    { reopen: () => server.store(), transactions },
  )
  testStore(
    'four of mysqlStore over one database',
    async () => {
      await server.empty()
      return spread([1, 2, 3, 4].map(() => server.store()))
    },
    { reopen: () => server.store(), transactions },
  )
  it.each(['0001_inbox', '0002_custody'])(
    'a migration may be broken off before it is written down (%s)',
    async (name) => {
      await server.drop()
      const store = server.store()
      await store.record(batchOf('kim'))
      const session = await server.begin()
      await session.query(`delete from bouncy_migrations where name >= '${name}'`)
      await session.commit()
      await store.migrate()
      expect((await store.record(batchOf('kim'))).events[0]?.state).toBe('settled')
      await store.close()
    },
  )

  describeServer(server)
  describeDaily(server.name, server.store, server.empty)
  describePlans(server)
  describeBigMigrations(server)
}
