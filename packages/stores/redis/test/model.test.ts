import { memoryStore } from '@bouncy/core'
import type { MailEvent, PageQuery, Store } from '@bouncy/core/store'
import { redisStore } from '@bouncy/redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { batchOf, bounce, NOW, range } from './batches.ts'
import { type Connection, clients } from './clients.ts'
import { actualSetsOf, sortedSetsOf } from './layout.ts'
import { contents, freshPrefix, noRedis, PORT, sendTo } from './redis.ts'

const MINUTE = 60_000

describe.skipIf(noRedis !== undefined)('after anything whatsoever', { timeout: 60_000 }, () => {
  const opened: Connection<never>[] = []
  beforeAll(async () => {
    for (const name of ['redis@6', 'ioredis@6', 'redis@6'] as const) {
      opened.push((await clients[name](PORT)) as Connection<never>)
    }
  })
  afterAll(async () => {
    for (const { close } of opened) await close()
  })

  it.each([1, 2, 3, 4, 5, 6])('it tells what the store in memory tells (seed %i)', async (seed) => {
    const prefix = freshPrefix()
    const stores = opened.map(({ client }) => redisStore(client, { prefix }))
    const model = memoryStore()
    const draw = drawing(seed)
    for (const step of range(150)) {
      const action = anyAction(draw, step)
      const store = stores[step % stores.length] as Store
      expect(await action.run(store), `seed ${seed}, step ${step}: ${action.name}`).toEqual(
        await action.run(model),
      )
    }
    for (const [name, list] of Object.entries(LISTINGS)) {
      expect(await all(stores[0] as Store, list), `seed ${seed}: ${name}`).toEqual(await all(model, list))
    }
    await expectWholeLayout(prefix)
  })

  it.each([7, 8, 9])('done by many at once, everything that is there is listed (seed %i)', async (seed) => {
    const prefix = freshPrefix()
    const stores = opened.map(({ client }) => redisStore(client, { prefix }))
    const draw = drawing(seed)
    for (const round of range(10)) {
      const actions = range(30).map((index) => anyAction(draw, round * 30 + index))
      await Promise.all(actions.map(({ run }, index) => run(stores[index % stores.length] as Store)))
    }
    await expectWholeLayout(prefix)
  })
})

async function expectWholeLayout(prefix: string): Promise<void> {
  const found = await contents(sendTo(PORT), prefix)
  expect(actualSetsOf(found)).toEqual(sortedSetsOf(found))
  expect(found.get('event-index')?.length).toBeGreaterThan(0)
}

const LISTINGS: Readonly<
  Record<string, (store: Store, query: PageQuery) => ReturnType<Store['events' | 'audit']>>
> = {
  events: (store, query) => store.events(query),
  bounces: (store, query) => store.events({ ...query, type: 'bounce' }),
  'of another provider': (store, query) => store.events({ ...query, provider: 'other' }),
  'of one address': (store, query) => store.events({ ...query, key: addressOf(1) }),
  'of one message': (store, query) => store.events({ ...query, messageId: 'message 1' }),
  'of one message and address': (store, query) =>
    store.events({ ...query, messageId: 'message 1', key: addressOf(2) }),
  'what is settled': (store, query) => store.events({ ...query, state: 'settled', provider: 'toy' }),
  'what is not': (store, query) => store.events({ ...query, state: 'unsettled', type: 'bounce' }),
  'what is dead': (store, query) => store.events({ ...query, state: 'dead' }),
  suppressions: (store, query) => store.suppressions({ ...query, now: NOW }) as never,
  complaints: (store, query) =>
    store.suppressions({ ...query, now: NOW, reason: 'complaint', prefix: 'a' }) as never,
  quarantined: (store, query) => store.quarantined(query) as never,
  audit: (store, query) => store.audit(query),
  'audit of one address': (store, query) => store.audit({ ...query, address: addressOf(3) }),
  'audit of an erased one': (store, query) => store.audit({ ...query, address: 'erased:2' }),
}

async function all(store: Store, list: (typeof LISTINGS)[string]): Promise<readonly unknown[]> {
  const items: unknown[] = []
  let cursor: PageQuery = {}
  for (;;) {
    const page = await list(store, { limit: 3, ...cursor })
    items.push(...page.items)
    if (page.next === undefined) return items
    cursor = { cursor: page.next }
  }
}

type Draw = (bound: number) => number

/** Numbers from 0 to below a bound, the same for a seed (mulberry32). */
function drawing(seed: number): Draw {
  let state = seed
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound
  }
}

const addressOf = (index: number): string => `a${index}@example.com`

interface Action {
  readonly name: string
  /** What can be compared of the answer. */
  run(store: Store): Promise<unknown>
}

/** Something that is done to a store; time goes on with the steps. */
function anyAction(draw: Draw, step: number): Action {
  const now = NOW + step * MINUTE
  const [kind, some] = [draw(20), 10 + draw(40)]
  if (kind < 9) {
    const batch = anyBatch(draw, now)
    return { name: 'record', run: (store) => store.record(batch) }
  }
  if (kind < 13) {
    const outcome = (['settled', 'failed', 'failed', 'dead', 'revived'] as const)[draw(5)] ?? 'failed'
    const outcomes = range(6).map((index) => ({
      id: `toy_e${some + index}`,
      outcome,
      retryAt: now + draw(9) * MINUTE,
    }))
    return { name: `settle ${outcome}`, run: (store) => store.settle(outcomes) }
  }
  if (kind < 16) {
    const dueBy = [now, Number.MAX_SAFE_INTEGER, 0][draw(3)] ?? now
    const query = { now, dueBy, leaseUntil: now + 5 * MINUTE, limit: 1 + draw(6) }
    return { name: `claim by ${dueBy}`, run: (store) => store.claim(query) }
  }
  if (kind < 18) {
    const before = now - (5 + draw(60)) * MINUTE
    return {
      name: 'prune',
      // the store in memory counts erased addresses of which nothing was known
      run: async (store) => ({
        ...(await store.prune({
          now,
          rawBefore: before,
          eventsBefore: before - 20 * MINUTE,
          quarantinedBefore: before,
          addressesBefore: before,
          auditBefore: before,
          redact: ({ messageId: _, ...event }) => ({ ...event, raw: null }) as MailEvent,
        })),
        addresses: 0,
      }),
    }
  }
  if (kind < 19) {
    const key = addressOf(some % 8)
    const tombstone = `erased:${some % 8}`
    const lean = ({ messageId: _, ...event }: MailEvent): MailEvent => ({ ...event, raw: null }) as MailEvent
    return {
      name: `erase ${key}`,
      run: (store) =>
        store.erase({
          key,
          spellings: [key],
          tombstone,
          anonymise: (event) => ({ ...lean(event), recipient: tombstone }),
          redact: lean,
        }),
    }
  }
  const keys = range(8).map(addressOf)
  return {
    name: 'find',
    run: async (store) => (await store.findSuppressions(keys)).map((one) => JSON.stringify(one)).sort(),
  }
}

function anyBatch(draw: Draw, now: number): Parameters<Store['record']>[0] {
  // sorted, since among events of one receipt the store in memory gives out first what stood first
  const ids = [...new Set(range(1 + draw(4)).map(() => 10 + draw(46)))].sort()
  const events = ids.map((id) => {
    const address = addressOf(id % 8)
    const event = bounce(`e${id}`, {
      recipient: address,
      timestamp: new Date(now - draw(90) * MINUTE).toISOString(),
      raw: { also: addressOf((id * 3) % 8) },
      ...(draw(2) === 0 ? { messageId: `message ${id % 4}` } : {}),
      ...(draw(5) === 0 ? { provider: 'other' } : {}),
      ...(draw(4) === 0 ? { type: 'delivery' } : {}),
    } as Partial<MailEvent>)
    return { event, settled: draw(3) === 0, ...(draw(9) === 0 ? {} : { key: address }) }
  })
  const marks = events.map(({ event }) => ({
    key: event.recipient,
    ...(draw(3) === 0 ? {} : { eventId: event.id }),
    mark: anyMark(draw, event),
  }))
  return batchOf({
    now,
    leaseUntil: now + 3 * MINUTE,
    events,
    marks,
    quarantined:
      draw(4) === 0
        ? [
            {
              id: `q${draw(9)}`,
              provider: 'toy',
              reason: 'r',
              receivedAt: new Date(now).toISOString(),
              raw: { to: addressOf(draw(8)) },
            },
          ]
        : [],
    tokens:
      draw(4) === 0 ? [{ id: `t${draw(5)}`, binding: `b${draw(2)}`, until: now + draw(30) * MINUTE }] : [],
  })
}

function anyMark(draw: Draw, event: MailEvent): Parameters<Store['record']>[0]['marks'][number]['mark'] {
  const at = Date.parse(event.timestamp)
  const source = JSON.stringify([event.provider, undefined])
  const reason = (['bounce', 'complaint', 'manual'] as const)[draw(3)] ?? 'bounce'
  const scope = draw(2) === 0 ? {} : { scope: { stream: `s${draw(2)}` } }
  const evidence = { at, id: event.id, reason, source, note: 'said so', ...scope }
  switch (draw(5)) {
    case 0:
      return { kind: 'suppress', ...evidence }
    case 1:
      return { kind: 'suppress', ...evidence, expiresAt: at + draw(90) * MINUTE }
    case 2:
      return {
        kind: 'strike',
        ...evidence,
        ledger: 'soft',
        limit: 2,
        windowMs: 60 * MINUTE,
        suppressForMs: 60 * MINUTE,
      }
    case 3:
      return { kind: 'reset', at, ledger: 'soft' }
    default:
      return { kind: 'lift', at, ...(draw(2) === 0 ? { source } : {}), actor: 'support' }
  }
}
