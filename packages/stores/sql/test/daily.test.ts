import { DatabaseSync } from 'node:sqlite'
import { sqlStore } from '@bouncy/sql'
import { sqliteStore } from '@bouncy/sql/sqlite'
import { expect, it } from 'vitest'
import { batchOf } from './batches.ts'
import { describeDaily } from './daily-cases.ts'
import { freshPaths, kyselyOver } from './places.ts'

const freshPath = freshPaths()
let path = ''
describeDaily(
  'sqliteStore',
  () => sqliteStore(path),
  async () => {
    path = freshPath()
  },
)

it('counts in one row for each kind and thousand commits of a process, and then in one for each kind', async () => {
  const database = new DatabaseSync(':memory:')
  const rows = (): unknown =>
    database.prepare('select count(*) as n, max(part) as part from bouncy_daily').get()
  const store = sqlStore({ db: kyselyOver(database), dialect: 'sqlite' })
  for (let index = 0; index < 1_001; index += 1) await store.record(batchOf(`k${index}`))
  expect(rows()).toMatchObject({ n: 2 })
  await store.prune({
    now: Date.parse('2026-11-02T00:00:00Z'),
    rawBefore: 0,
    eventsBefore: 0,
    quarantinedBefore: 0,
    addressesBefore: 0,
    auditBefore: 0,
    redact: (event) => event,
  })
  expect(rows()).toEqual({ n: 1, part: 0 })
})
