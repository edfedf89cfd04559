import { DatabaseSync } from 'node:sqlite'
import type { Bouncy } from '@bouncy/core'
import type { Group, Terms } from '../group.ts'
import { median, ratioOf } from '../measure.ts'
import type { Row } from '../report.ts'
import { requestOf } from '../request.ts'
import { openStore } from '../stores.ts'
import { loadSubject } from '../subjects.ts'

const FEW = 10_000
/** Posts in one round, and how many of them at once. */
const POSTS = 2_000
const AT_ONCE = 50

/** What an event costs when there are many already. */
export const volume: Group = {
  name: 'volume',
  about: 'an event into SQLite, by how many are stored (receive)',
  async measure(terms) {
    const { rounds, short, large, progress } = terms
    const sizes = short ? [FEW, 100_000] : [FEW, 1_000_000, ...(large ? [10_000_000] : [])]
    const stores = []
    for (const size of sizes) {
      progress(`filling ${size.toLocaleString('en')} events`)
      stores.push({ size, times: [] as number[], ...(await openFilled(size, rounds + 1, terms)) })
    }
    try {
      for (let round = 0; round <= rounds; round += 1) {
        progress(`round ${round} of ${rounds}`)
        for (const { bouncy, times } of round % 2 === 0 ? stores : stores.toReversed()) {
          const took = await receiveAll(bouncy, `postmark-${round}`)
          if (round > 0) times.push(took)
        }
      }
    } finally {
      for (const { bouncy } of stores) await bouncy.close()
    }
    const few = stores[0]?.times ?? []
    return stores.slice(1).map(
      ({ size, times }): Row => ({
        name: `${size.toLocaleString('en')} events`,
        ours: median(times),
        reference: median(few),
        unit: 'µs',
        ratio: ratioOf(times, few),
        bar: { atMost: 1.2 },
        note: `to ${FEW.toLocaleString('en')} events`,
      }),
    )
  },
}

const subject = await loadSubject('postmark')
const requests = subject.posts(POSTS).map((post) => requestOf(post))

/** @returns microseconds an event */
async function receiveAll(bouncy: Bouncy, account: string): Promise<number> {
  const started = performance.now()
  for (let start = 0; start < requests.length; start += AT_ONCE) {
    const group = requests.slice(start, start + AT_ONCE).map((request) => bouncy.receive(account, request))
    const refused = (await Promise.all(group)).find(({ status }) => status !== 200)
    if (refused !== undefined) throw new Error(`a post was answered ${refused.status}`)
  }
  return ((performance.now() - started) * 1_000) / requests.length
}

async function openFilled(
  size: number,
  accounts: number,
  { built }: Terms,
): Promise<{ readonly bouncy: Bouncy }> {
  const { createBouncy } = await built.load<typeof import('@bouncy/core')>('@bouncy/core')
  const module = await built.load<never>(subject.package)
  const { store, place } = await openStore('sqlite', built)
  const bouncy = createBouncy({
    providers: Array.from({ length: accounts }, (_, index) => subject.provider(module, `postmark-${index}`)),
    store,
  })
  // makes the tables
  await bouncy.isSuppressed('nobody@example.com')
  const database = new DatabaseSync(place)
  // indexes that grow row by row take many times as long as those that are made of all rows at once
  const indexes = database
    .prepare(
      "select name, sql from sqlite_schema where tbl_name = 'bouncy_events' and sql like 'create index%'",
    )
    .all() as { readonly name: string; readonly sql: string }[]
  database.exec(`
    pragma synchronous = off;
    pragma cache_size = -1000000;
    ${indexes.map(({ name }) => `drop index ${name};`).join('\n')}
    insert into bouncy_events (id, provider, type, address, message_id, occurred_at, received_at, redacted, data)
    with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n + 1 < ${size})
    select 'old_' || hex(randomblob(11)), 'postmark', 'delivery', 'old-' || hex(randomblob(4)) || '@example.com',
      hex(randomblob(16)), strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + n, 'unixepoch'), 1700000000000 + n * 1000,
      0, printf('{"filler":"%.*c"}', 300, 'x') from numbers;
    insert into bouncy_addresses (address, marks, spent_at)
    select distinct address, '[]', 0 from bouncy_events where true on conflict do nothing;
    ${indexes.map(({ sql }) => `${sql};`).join('\n')}
    pragma wal_checkpoint(truncate);
  `)
  database.close()
  return { bouncy }
}
