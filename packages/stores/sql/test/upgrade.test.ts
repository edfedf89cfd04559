import { DatabaseSync } from 'node:sqlite'
import { sqlStore } from '@bouncy/sql'
import { type SqlStore, sqliteStore } from '@bouncy/sql/sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { batchOf, NOW } from './batches.ts'
import { writeFirstSchema } from './first-schema.ts'
import { freshPaths, kyselyOver } from './places.ts'
import { describeWaitingUpgrade } from './upgrade-cases.ts'

const freshPath = freshPaths()
const MINUTE = 60_000
const NOTHING = { rawBefore: 0, eventsBefore: 0, quarantinedBefore: 0, addressesBefore: 0, auditBefore: 0 }

describe.each([
  ['sqliteStore', (path: string) => sqliteStore(path)],
  ['sqlStore', (path: string) => sqlStore({ db: kyselyOver(new DatabaseSync(path)), dialect: 'sqlite' })],
])('a database of the first version, under %s', (_, open) => {
  let path: string
  let store: SqlStore

  beforeEach(() => {
    path = freshPath()
    writeFirstSchema(path)
    store = open(path)
  })
  afterEach(() => store.close())

  it('has what it had', async () => {
    const { items } = await store.events({})
    expect(items.map(({ id, recipient, raw }) => [id, recipient, raw])).toEqual([
      ['toy_open', 'ann@example.org', null],
      ['toy_done', 'Kim@example.com', { deep: ['é 💌'] }],
    ])
    expect((await store.events({ messageId: 'm-1' })).items.map(({ id }) => id)).toEqual(['toy_done'])
    expect(await store.findSuppressions(['kim@example.com'])).toEqual([
      {
        address: 'kim@example.com',
        reason: 'bounce',
        since: '2026-11-01T00:00:00.000Z',
        provider: 'toy',
        eventId: 'toy_done',
      },
    ])
    expect((await store.quarantined({})).items.map(({ raw }) => raw)).toEqual([[1]])
    expect((await store.audit({})).items).toEqual([])
  })

  it('knows how far its handlers had come', async () => {
    expect((await store.events({ state: 'settled' })).items.map(({ id }) => id)).toEqual(['toy_done'])
    expect((await store.events({ state: 'unsettled' })).items.map(({ id }) => id)).toEqual(['toy_open'])
    expect((await store.record(batchOf('done', 'open'))).events.map((one) => one.state)).toEqual([
      'settled',
      'busy',
    ])
    const now = NOW + 3 * MINUTE
    const [claimed] = await store.claim({ now, dueBy: now, leaseUntil: now + MINUTE, limit: 9 })
    expect([claimed?.event.id, claimed?.attempt]).toEqual(['toy_open', 4])
  })

  it('goes on counting', async () => {
    const strike = {
      kind: 'strike',
      at: NOW + 2 * MINUTE,
      id: 'toy_second',
      reason: 'bounce',
      source: '["toy",null]',
      ledger: 'soft-bounce',
      limit: 2,
      windowMs: 86_400_000,
      suppressForMs: 86_400_000,
    } as const
    await store.record({ ...batchOf(), marks: [{ key: 'ann@example.org', mark: strike }] })
    expect(await store.findSuppressions(['ann@example.org'])).toHaveLength(1)
    expect((await store.audit({})).items).toMatchObject([
      { address: 'ann@example.org', change: 'suppressed' },
    ])
  })

  it('is pruned', async () => {
    const far = NOW + 1e12
    expect(
      await store.prune({ ...NOTHING, now: far, rawBefore: far, redact: (event) => event }),
    ).toMatchObject({
      redacted: 2,
    })
    const all = {
      now: far,
      rawBefore: far,
      eventsBefore: far,
      quarantinedBefore: far,
      addressesBefore: far,
      auditBefore: far,
    }
    for (const addresses of [1, 0]) {
      const report = await store.prune({ ...all, redact: (event) => event })
      expect(report).toMatchObject({ addresses, events: addresses, quarantined: addresses })
    }
    expect(await store.findSuppressions(['kim@example.com', 'ann@example.org'])).toHaveLength(1)
  })

  it('is not touched before it is migrated', async () => {
    const manual = sqliteStore(path, { migrate: 'manual' })
    await expect(manual.events({})).rejects.toThrow(/older than this version: call the store's migrate\(\)/)
    await manual.migrate()
    expect((await manual.events({})).items).toHaveLength(2)
    await manual.close()
  })

  it('is migrated once by several who start at once', async () => {
    const stores = Array.from({ length: 6 }, () => open(path))
    await Promise.all(stores.map((one) => one.migrate()))
    for (const one of stores) expect((await one.events({})).items).toHaveLength(2)
    await Promise.all(stores.map((one) => one.close()))
  })
})

describeWaitingUpgrade('sqliteStore', 'sqlite', async () => {
  const path = freshPath()
  return { db: kyselyOver(new DatabaseSync(path)), store: sqliteStore(path) }
})

describeWaitingUpgrade('sqlStore', 'sqlite', async () => {
  const db = kyselyOver(new DatabaseSync(':memory:'))
  return { db, store: sqlStore({ db, dialect: 'sqlite' }) }
})
