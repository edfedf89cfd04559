import { mysqlStore } from '@bouncy/sql/mysql'
import { testStore } from '@bouncy/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '../src/tables.ts'
import { batchOf, handled } from './batches.ts'
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

  it.each([
    [
      'of another character set',
      { charset: 'latin1' },
      '',
      /speaks latin1: give your pool charset: 'utf8mb4'/,
    ],
    [
      'without backslashes',
      {},
      "set session sql_mode = 'STRICT_TRANS_TABLES,NO_BACKSLASH_ESCAPES'",
      /sql_mode has NO_BACKSLASH_ESCAPES/,
    ],
    ['of the older utf8', { charset: 'utf8' }, '', /speaks utf8(mb3)?: give your pool charset: 'utf8mb4'/],
    ['of a collation of its own', { charset: 'UTF8MB4_GENERAL_CI' }, '', undefined],
  ])(
    'a connection %s is refused where texts would not arrive as they are',
    async (_, options, first, refused) => {
      await server.empty()
      const pool = server.createPool(options)
      if (first !== '') pool.on('connection', (connection) => connection.query(first))
      const store = mysqlStore(pool)
      const diagnostic = "550 \u{1f389} \u0127), ('owned', 'x', 'x', 'x', null, 'x', 0, 0, '{}') -- '), "
      const recording = store.record({ ...batchOf(), events: [handled('kim', { diagnostic } as object)] })
      if (refused === undefined) await recording
      else await expect(recording).rejects.toThrow(refused)
      await store.close()
      await pool.promise().end()
      const reading = server.store()
      const { items } = await reading.events({})
      expect(items).toMatchObject(refused === undefined ? [{ id: 'toy_kim', diagnostic }] : [])
      expect(items).toHaveLength(refused === undefined ? 1 : 0)
      await reading.close()
    },
  )

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
