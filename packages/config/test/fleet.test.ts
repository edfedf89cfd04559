import { postgresStore } from '@bouncy/sql/postgres'
import { describe, expect, onTestFinished, test } from 'vitest'
import { audit, faultsOf } from '../fleet/audit.ts'
import { runFleet } from '../fleet/fleet.ts'
import { main } from '../fleet/main.ts'
import { openSetting } from '../fleet/setting.ts'

const isThere = await openSetting().then(
  (setting) => setting.remove().then(() => true),
  () => false,
)
if (process.env.CI === 'true' && !isThere) {
  throw new Error('CI needs a PostgreSQL at 127.0.0.1:5432 and a Redis at 127.0.0.1:6379')
}
const missing = isThere ? '' : ' (no PostgreSQL or Redis)'

describe.skipIf(!isThere)(`a fleet${missing}`, () => {
  test('whose processes are killed all the time stores each event once, and has each effect once', async () => {
    const report = await runFleet({
      events: 2_000,
      receivers: 2,
      workers: 1,
      both: 0,
      duplicates: 0.1,
      forgeries: 0.05,
      killEveryMs: 2_500,
      seed: 1,
    })
    expect(report.faults).toEqual([])
    expect(report.kills).toBeGreaterThanOrEqual(2)
    expect(report.sent).toMatchObject({ genuine: 2_000, duplicates: 203, forged: 99 })
    expect(report.found).toMatchObject({ events: 2_000, effects: 2_000, suppressions: 1_200 })
  })
})

describe.skipIf(!isThere)(`the audit${missing}`, () => {
  test('finds what is lost, forged, doubled, missing, stray or unsettled', async () => {
    const setting = await openSetting()
    onTestFinished(() => setting.remove())
    const store = postgresStore(setting.pool)
    const recipients = ['r0@example.com', 'r1@example.com', 'r3@example.com', 'forged1@example.com']
    await store.record({
      now: 1,
      leaseUntil: 2,
      events: recipients.map((recipient) => ({
        event: {
          type: 'delivery',
          id: `toy_${recipient}`,
          provider: 'toy',
          recipient,
          timestamp: '2026-11-01T00:00:00.000Z',
          tags: [],
          metadata: {},
          raw: {},
        },
        settled: recipient !== 'r3@example.com',
      })),
      marks: [],
      quarantined: [],
      tokens: [],
    })
    for (const recipient of ['r0@example.com', 'r0@example.com', 'forged1@example.com', 'r9@example.com']) {
      await setting.pool.query('insert into ledger values ($1, $2, 1)', [`toy_${recipient}`, recipient])
    }
    const found = await audit(setting.pool, 4)
    expect(faultsOf(found, { genuine: 4, admitted: 1, refused: 1 }, 1)).toEqual([
      'genuine events lost: 1 instead of 0',
      'forged events stored: 1 instead of 0',
      'forgeries answered 2xx: 1 instead of 0',
      'genuine posts answered 4xx: 1 instead of 0',
      'events not settled: 1 instead of 0',
      'events without an effect: 2 instead of 0',
      'events with more than one effect: 1 instead of 0',
      'effects of nothing stored: 1 instead of 0',
      'suppressions: 0 instead of 1',
    ])
  })
})

test('the command says how it is used where it is not understood', async () => {
  for (const args of [
    ['--events', 'many'],
    ['--speed', '9'],
    ['--seed', '-1'],
  ]) {
    const said: string[] = []
    expect(await main(args, { write: (text: string) => said.push(text) > 0 })).toBe(2)
    expect(said.join('')).toContain('--kill-every')
  }
})
