/**
 * Compares the events of PostgreSQL in one table, as the store kept them once and as it keeps them, with one partition
 * for each day of receipt and a table of all ids beside them, without which an event that is repeated would be stored
 * twice. It prints what each costs; `sizing.md` has the figures. Arguments: how many events of 90 days, 1,000,000 unless
 * given (10,000,000 take 25 GB and half an hour), and how many commits of 50 events are added to them, 1,000 unless given.
 */
import { createHash } from 'node:crypto'
import { postgresStore } from '@bouncy/sql/postgres'
import { Client, Pool } from 'pg'
import { NOW } from './batches.ts'
import { fillPostgres, keptUntil, recipientOf } from './fill-postgres.ts'

const [events = 1_000_000, commits = 1_000] = process.argv.slice(2).map(Number)
const DAY = 86_400_000
const GROUP = 50
/** Those of `bouncy_events` as they were before `0004_waiting`, by which two of the ways settle. */
const COLUMNS =
  'id, provider, type, address, message_id, occurred_at, received_at, settled, lease_until, attempts, data, retry_at, redacted'

interface Way {
  readonly name: string
  readonly table: string
  /** @param rows JSON of the rows of a commit */
  insert(rows: string): Promise<unknown>
  settle(ids: readonly string[]): Promise<unknown>
  /** Removes what was received on the first day. */
  dropDay(): Promise<unknown>
}

const at = (database: string): string => `postgres://postgres@127.0.0.1:5432/${database}`
const name = process.env.BOUNCY_DATABASE ?? `bouncy_partitions_${process.pid}`
const admin = new Client({ connectionString: at('postgres') })
await admin.connect()
if (process.env.BOUNCY_DATABASE === undefined) await prepare()

const client = new Client({ connectionString: at(name) })
await client.connect()
await client.query('set synchronous_commit = off')
const run = async (sql: string, parameters: readonly unknown[] = []) =>
  (await client.query(sql, [...parameters])).rows as Record<string, unknown>[]

const LIST = `from %t where address = $1 order by occurred_at desc, id desc limit 51`
const CLAIM = `from %t where settled = 0 and lease_until <= ${NOW} and retry_at <= ${NOW} order by received_at, id limit 100 for update skip locked`
const insertInto = (table: string, from: string, conflict = ''): string =>
  `insert into ${table} (${COLUMNS}) select ${COLUMNS} from json_populate_recordset(null::public.bouncy_events, $1) as one ${from} ${conflict}`

const plain: Way = {
  name: 'one table',
  table: 'public.bouncy_events',
  insert: (rows) =>
    run(insertInto('public.bouncy_events', '', 'on conflict (id) do nothing returning id'), [rows]),
  settle: (ids) =>
    run('update public.bouncy_events set settled = 1, lease_until = 0 where id = any($1)', [ids]),
  async dropDay() {
    for (let rows: Record<string, unknown>[]; ; ) {
      rows = await run(
        `select id from public.bouncy_events where redacted = 1 and received_at < ${NOW - 89 * DAY} and settled = 1
         order by received_at, id limit 128`,
      )
      if (rows.length === 0) return
      await run('delete from public.bouncy_events where id = any($1)', [rows.map((row) => row.id)])
    }
  },
}

const partitioned: Way = {
  name: 'partitions',
  table: 'part.events',
  async insert(rows) {
    await client.query('begin')
    const fresh = await run(
      `insert into part.ids select id, received_at from json_populate_recordset(null::public.bouncy_events, $1)
       on conflict (id) do nothing returning id`,
      [rows],
    )
    await run(insertInto('part.events', `where id = any($2)`), [rows, fresh.map((row) => row.id)])
    await client.query('commit')
  },
  settle: (ids) =>
    run(
      `update part.events e set settled = 1, lease_until = 0 from part.ids i
       where i.id = any($1) and e.id = i.id and e.received_at = i.received_at`,
      [ids],
    ),
  async dropDay() {
    const ids = await run('select id from part.events_0')
    for (let start = 0; start < ids.length; start += 128) {
      const some = ids.slice(start, start + 128).map((row) => row.id)
      await run('delete from part.ids where id = any($1)', [some])
    }
    await run('drop table part.events_0')
  },
}

/** As the store keeps them: one table whose rows do not change when they are settled, and a small one of those that are not. */
const waiting: Way = {
  ...plain,
  name: 'one table, and one of what waits',
  async insert(rows) {
    await client.query('begin')
    await plain.insert(rows)
    await run(
      `insert into public.bouncy_waiting (id, received_at, occurred_at, lease_until, retry_at, attempts, dead)
       select id, received_at, occurred_at, lease_until, retry_at, attempts, 0
       from json_populate_recordset(null::public.bouncy_events, $1)`,
      [rows],
    )
    await client.query('commit')
  },
  settle: (ids) => run('delete from public.bouncy_waiting where id = any($1)', [ids]),
}
const kept = [plain, partitioned]
const ways = [...kept, waiting]

/** What some work cost the server: WAL, and time on the CPU. */
async function cost(work: () => Promise<unknown>) {
  const before = await reading()
  await work()
  const after = await reading()
  return { wal: after.wal - before.wal, pages: after.pages - before.pages, cpuMs: after.cpuMs - before.cpuMs }
}

async function reading() {
  await run('select pg_stat_force_next_flush()')
  const [row] = await run(
    "select pg_current_wal_insert_lsn() - '0/0' as wal, (select wal_fpi from pg_stat_wal) as pages",
  )
  return { wal: Number(row?.wal), pages: Number(row?.pages), cpuMs: await cpuOf() }
}

/** What the server has spent on this connection, which it tells in a notice with each statement if it is asked to. */
async function cpuOf(): Promise<number> {
  let detail = ''
  const hear = (notice: { readonly detail?: string | undefined }): void => {
    detail = notice.detail ?? detail
  }
  client.on('notice', hear)
  await run('set client_min_messages = log')
  await run('set log_statement_stats = on')
  await run('select 1')
  await run('reset log_statement_stats')
  await run('reset client_min_messages')
  client.off('notice', hear)
  const [, user, system] = /\[(\S+) s user, (\S+) s system total\]/.exec(detail) ?? []
  return (Number(user) + Number(system)) * 1_000
}

const digest = (text: string): string => createHash('md5').update(text).digest('hex')
const idsOf = (way: Way, commit: number): readonly string[] =>
  Array.from({ length: GROUP }, (_, index) => `toy_${digest(`${way.name} ${commit} ${index}`)}`)

function rowsOf(way: Way, commit: number): string {
  const occurred = new Date(NOW + commit).toISOString()
  return JSON.stringify(
    idsOf(way, commit).map((id, index) => ({
      ...{ id, provider: 'toy', type: 'delivery', message_id: `m-${digest(id)}`, occurred_at: occurred },
      ...{
        address: recipientOf(Number.parseInt(digest(`${commit} ${index}`).slice(0, 8), 16) % (events / 5)),
      },
      ...{
        received_at: NOW + commit,
        settled: way === waiting ? 1 : 0,
        lease_until: NOW,
        attempts: 1,
        retry_at: 0,
        redacted: 0,
      },
      data: JSON.stringify({ id, raw: digest(id).repeat(30) }),
    })),
  )
}

/** Does something in turns with both, and prints what one event cost. */
async function compare(what: string, work: (way: Way, commit: number) => Promise<unknown>): Promise<void> {
  const sums = ways.map(() => ({ wal: 0, pages: 0, cpuMs: 0 }))
  for (let first = 0; first < commits; first += 50) {
    for (const [index, way] of ways.entries()) {
      const spent = await cost(async () => {
        for (let commit = first; commit < first + 50; commit += 1) await work(way, commit)
      })
      const sum = sums[index]
      if (sum === undefined) continue
      sum.wal += spent.wal
      sum.pages += spent.pages
      sum.cpuMs += spent.cpuMs
    }
  }
  for (const [index, way] of ways.entries()) {
    const { wal = 0, pages = 0, cpuMs = 0 } = sums[index] ?? {}
    print(what, way, {
      'WAL bytes an event': wal / commits / GROUP,
      'whole pages an event': pages / commits / GROUP,
      'µs of CPU an event': (cpuMs * 1_000) / commits / GROUP,
    })
  }
}

function print(what: string, way: Way, figures: Readonly<Record<string, number>>): void {
  const rounded = Object.entries(figures).map(([name, value]) => `${name} ${Number(value.toPrecision(3))}`)
  process.stdout.write(`${what} · ${way.name}: ${rounded.join(', ')}\n`)
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

interface Explained {
  readonly Plan: Readonly<Record<string, number>>
  readonly 'Planning Time': number
  readonly 'Execution Time': number
}

/** How a statement is planned and run: the medians of 100, warm. */
async function explain(
  what: string,
  statement: string,
  parameters: (turn: number) => readonly unknown[],
): Promise<void> {
  for (const way of kept) {
    const seen: { plan: number; run: number; pages: number }[] = []
    for (let turn = 0; turn < 100; turn += 1) {
      await client.query('begin')
      const sql = `explain (analyze, buffers, format json) select id, data ${statement.replace('%t', way.table)}`
      const [row] = await run(sql, parameters(turn))
      await client.query('rollback')
      const [one] = (row?.['QUERY PLAN'] ?? []) as readonly Explained[]
      const plan = one?.Plan ?? {}
      const pages = (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0)
      seen.push({ plan: one?.['Planning Time'] ?? 0, run: one?.['Execution Time'] ?? 0, pages })
    }
    print(what, way, {
      'ms to plan': median(seen.map((one) => one.plan)),
      'ms to run': median(seen.map((one) => one.run)),
      pages: median(seen.map((one) => one.pages)),
    })
  }
}

await run('checkpoint')
await explain('list an address', LIST, (turn) => [recipientOf(turn * 7)])
await explain('claim', CLAIM, () => [])
await run('checkpoint')
await compare('insert', (way, commit) => way.insert(rowsOf(way, commit)))
await run('checkpoint')
await compare('settle', (way, commit) => way.settle(idsOf(way, commit)))
for (const way of kept) {
  await run('checkpoint')
  const [row] = await run(
    `select count(*) as n from ${way.table} where received_at < ${keptUntil(events / 90, events)}`,
  )
  const share = (spent: { wal: number; cpuMs: number }) => ({
    'WAL bytes an event': spent.wal / Number(row?.n),
    'µs of CPU an event': (spent.cpuMs * 1_000) / Number(row?.n),
  })
  print('remove a day', way, share(await cost(() => way.dropDay())))
  await run('checkpoint')
  print('and vacuum', way, share(await cost(() => run(`vacuum ${way === plain ? way.table : 'part.ids'}`))))
}
await client.end()
if (process.env.BOUNCY_DATABASE === undefined) await admin.query(`drop database ${name} with (force)`)
await admin.end()

async function prepare(): Promise<void> {
  await admin.query(`create database ${name}`)
  const store = postgresStore(at(name))
  await store.migrate()
  await store.close()
  const pool = new Pool({ connectionString: at(name), max: 1 })
  await fillPostgres(pool, events)
  const statements = [
    "set maintenance_work_mem = '1GB'",
    `alter table bouncy_events add settled integer not null default 1, add lease_until bigint not null default 0,
       add retry_at bigint not null default 0, add attempts integer not null default 1`,
    'update bouncy_events e set settled = 2 * dead from bouncy_waiting w where w.id = e.id',
    'create index on bouncy_events (received_at, id) where settled = 0',
    'create index on bouncy_events (occurred_at, id) where settled = 2',
    'alter table bouncy_events set logged',
    'alter table bouncy_waiting set logged',
    'create schema part',
    'create table part.ids as select id, received_at from bouncy_events',
    'alter table part.ids add primary key (id)',
    'create table part.events (like bouncy_events including defaults) partition by range (received_at)',
    ...Array.from({ length: 92 }, (_, day) => {
      const start = NOW - (90 - day) * DAY
      return `create table part.events_${day} partition of part.events for values from (${start}) to (${start + DAY})`
    }),
    `insert into part.events (${COLUMNS}) select ${COLUMNS} from bouncy_events`,
    'create index on part.events (id)',
    'create index on part.events (occurred_at, id)',
    'create index on part.events (address, occurred_at, id) where address is not null',
    'create index on part.events (message_id, occurred_at, id) where message_id is not null',
    'create index on part.events (received_at, id) where settled = 0',
    'create index on part.events (occurred_at, id) where settled = 2',
    'create index on part.events (redacted, received_at, id)',
    'vacuum analyze part.ids',
    'vacuum analyze part.events',
    'vacuum analyze bouncy_events',
  ]
  for (const statement of statements) await pool.query(statement)
  await pool.end()
}
