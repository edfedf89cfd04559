import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { MailEvent } from '@bouncy/core'

interface Waiting {
  readonly events: readonly MailEvent[]
  resolve(): void
  reject(error: unknown): void
}

/**
 * What somebody writes by hand who knows SQLite well: on the thread of the requests, prepared statements, WAL with
 * `synchronous=FULL`, a row for each event whose key is its id (the dedupe row), and the address of a hard bounce or a
 * complaint in a list. What one turn of the event loop brings shares a commit; nobody is answered before it.
 */
export function sqliteInbox(
  folder: string,
  account: string,
): {
  store(events: readonly MailEvent[]): Promise<void>
  close(): void
} {
  const database = new DatabaseSync(join(folder, `by-hand-${process.pid}-${account}.db`))
  database.exec(`
    pragma journal_mode = wal;
    pragma synchronous = full;
    create table events (
      id text primary key, provider text not null, type text not null, recipient text not null,
      occurred_at text not null, data text not null
    );
    create index events_by_time on events (occurred_at, id);
    create index events_by_recipient on events (recipient, occurred_at);
    create table suppressions (
      address text primary key, reason text not null, since text not null, event_id text not null
    ) without rowid;
  `)
  const begin = database.prepare('begin immediate')
  const commit = database.prepare('commit')
  const rollback = database.prepare('rollback')
  const insert = database.prepare('insert into events values (?, ?, ?, ?, ?, ?) on conflict (id) do nothing')
  const suppress = database.prepare(
    'insert into suppressions values (?, ?, ?, ?) on conflict (address) do nothing',
  )
  let waiting: Waiting[] = []

  function commitAll(): void {
    const group = waiting
    waiting = []
    try {
      begin.run()
      for (const { events } of group) for (const event of events) keep(event)
      commit.run()
      for (const { resolve } of group) resolve()
    } catch (error) {
      rollback.run()
      for (const { reject } of group) reject(error)
    }
  }

  function keep(event: MailEvent): void {
    const { id, provider, type, recipient, timestamp } = event
    const address = recipient.toLowerCase()
    const { changes } = insert.run(id, provider, type, address, timestamp, JSON.stringify(event))
    if (changes === 0) return
    const bad = event.type === 'complaint' || (event.type === 'bounce' && event.bounceType === 'hard')
    if (bad) suppress.run(address, type, timestamp, id)
  }

  return {
    store: (events) =>
      new Promise((resolve, reject) => {
        waiting.push({ events, resolve, reject })
        if (waiting.length === 1) setImmediate(commitAll)
      }),
    close: () => database.close(),
  }
}
