/**
 * Measures what processes record, without HTTP: new hard bounces with as much of the provider's object as SES sends, each
 * a batch of its own, so many at once. `sizing.md` has the figures. Arguments: `postgres`, `mariadb` or `sqlite`, and how
 * many seconds each line takes, 10 unless given.
 */
import { execFile } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { mysqlStore } from '@bouncy/sql/mysql'
import { postgresStore } from '@bouncy/sql/postgres'
import { sqliteStore } from '@bouncy/sql/sqlite'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { batchOf, bounce } from './batches.ts'

const POSTGRES = 'postgres://postgres@127.0.0.1:5432'
const MARIADB = 'mysql://root@127.0.0.1:3306'
const VALUE = 'v'.repeat(70)
const HEADERS = Array.from({ length: 12 }, (_, index) => ({ name: `X-Header-${index}`, value: VALUE }))
/** Ticks of `/proc` are hundredths of a second on Linux. */
const TICK = 10_000

interface Place {
  readonly at: string
  /** How often was committed so far, where the server counts that. */
  commits(): Promise<number | undefined>
  drop(): Promise<unknown>
}

interface Kind {
  open(at: string): ReturnType<typeof sqliteStore>
  make(): Promise<Place>
  /** What the server's processes are called. */
  readonly server?: string
}

const name = `bouncy_record_${process.pid}`

const KINDS: Readonly<Record<string, Kind>> = {
  postgres: {
    server: 'postgres',
    open: (at) => postgresStore(at, { migrate: 'auto' }),
    async make() {
      const admin = new pg.Client(`${POSTGRES}/postgres`)
      await admin.connect()
      await admin.query(`create database ${name}`)
      return {
        at: `${POSTGRES}/${name}`,
        async commits() {
          const sql = 'select xact_commit as n from pg_stat_database where datname = $1'
          return Number((await admin.query(sql, [name])).rows[0]?.n)
        },
        async drop() {
          await admin.query(`drop database ${name} with (force)`)
          await admin.end()
        },
      }
    },
  },
  mariadb: {
    server: 'mariadbd',
    open: (at) => mysqlStore(at, { migrate: 'auto' }),
    async make() {
      const admin = await mysql.createConnection(MARIADB)
      await admin.query(`create database ${name}`)
      return {
        at: `${MARIADB}/${name}`,
        async commits() {
          const [[row]] = await admin.query<mysql.RowDataPacket[]>("show global status like 'Com_commit'")
          return Number(row?.Value)
        },
        async drop() {
          await admin.query(`drop database ${name}`)
          await admin.end()
        },
      }
    },
  },
  sqlite: {
    open: sqliteStore,
    async make() {
      const folder = mkdtempSync(join(tmpdir(), name))
      return {
        at: join(folder, 'bouncy.db'),
        commits: async () => undefined,
        drop: async () => rmSync(folder, { recursive: true }),
      }
    },
  },
}

const [word = '', seconds = '10', at, atOnce = ''] = process.argv.slice(2)
const kind = KINDS[word]
if (kind === undefined) throw new Error(`say one of ${Object.keys(KINDS).join(', ')}`)

if (at !== undefined) process.stdout.write(JSON.stringify(await record(kind, at, Number(atOnce))))
else
  for (const [processes, many] of [
    [1, 1],
    [1, 16],
    [1, 64],
    [1, 256],
    [2, 64],
  ] as const)
    await measure(kind, processes, many)

/** In a process of its own. */
async function record({ open }: Kind, at: string, atOnce: number) {
  const store = open(at)
  // makes the tables
  await store.findSuppressions(['nobody@example.com'])
  const begun = process.cpuUsage()
  const ends = performance.now() + Number(seconds) * 1_000
  let events = 0
  async function work(): Promise<void> {
    while (performance.now() < ends) {
      const id = `${process.pid}-${events}`
      events += 1
      const event = bounce(id, { raw: { id, headers: HEADERS } })
      const batch = batchOf(id)
      await store.record({ ...batch, events: batch.events.map((one) => ({ ...one, event })) })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  const { user, system } = process.cpuUsage(begun)
  await store.close()
  return { events, cpu: user + system }
}

async function measure({ make, server }: Kind, processes: number, many: number): Promise<void> {
  const place = await make()
  const before = { commits: await place.commits(), server: cpuOf(server) }
  const self = fileURLToPath(import.meta.url)
  const ran = await Promise.all(
    Array.from({ length: processes }, async () => {
      const args = [self, word, seconds, place.at, String(many)]
      const { stdout } = await promisify(execFile)(process.execPath, args)
      return JSON.parse(stdout) as Awaited<ReturnType<typeof record>>
    }),
  )
  const sum = (key: 'events' | 'cpu') => ran.reduce((all, one) => all + one[key], 0)
  const perSecond = (count: number) => `${Math.round(count / Number(seconds))} a second`
  const each = (cpu: number) => `${Math.round(cpu / sum('events'))} µs of CPU an event`
  const commits = await place.commits()
  const figures = [
    perSecond(sum('events')),
    ...(commits === undefined ? [] : [`in ${perSecond(commits - (before.commits ?? 0))} commits`]),
    `process ${each(sum('cpu'))}`,
    ...(server === undefined ? [] : [`${server} ${each(cpuOf(server) - before.server)}`]),
  ]
  process.stdout.write(`${processes} × ${many} at once: ${figures.join(', ')}\n`)
  await place.drop()
}

/** What all processes of this name have computed so far, with those that they have waited for, in microseconds. */
function cpuOf(processes: string | undefined): number {
  let ticks = 0
  for (const file of globSync('/proc/[0-9]*/stat')) {
    try {
      const [, called, rest = ''] = /\((.*)\) (.*)/s.exec(readFileSync(file, 'utf8')) ?? []
      const fields = rest.split(' ').map(Number)
      // user, system, and the same of children
      if (called === processes) for (const field of [11, 12, 13, 14]) ticks += fields[field] ?? 0
    } catch {
      // it has ended meanwhile
    }
  }
  return ticks * TICK
}
