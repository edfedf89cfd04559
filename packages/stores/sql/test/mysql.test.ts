import { testStore } from '@bouncy/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '../src/tables.ts'
import { batchOf } from './batches.ts'
import { writeSteps } from './before-waiting.ts'
import { describeDaily } from './daily-cases.ts'
import { describeErasure } from './erasure-cases.ts'
import { openMysqlServer } from './mysql-server.ts'
import { describeRedelivery } from './redelivery-cases.ts'
import { describeServer } from './server-cases.ts'
import { describeBigMigrations } from './server-migrations.ts'
import { describePlans } from './server-plans.ts'
import { reach } from './servers.ts'
import { spread } from './spread.ts'
import { describeWaitingUpgrade } from './upgrade-cases.ts'
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
  it.each([1, 2, 3])('a migration may be broken off before it is written down (%i)', async (steps) => {
    await server.drop()
    const store = server.store()
    await writeSteps(server.kysely() as unknown as Database, 'mysql', steps)
    const session = await server.begin()
    await session.query('delete from bouncy_migrations order by name desc limit 1')
    await session.commit()
    await store.migrate()
    expect((await store.record(batchOf('kim'))).events[0]?.state).toBe('new')
    await store.close()
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
