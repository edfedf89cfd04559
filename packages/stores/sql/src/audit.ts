import {
  type AuditEntry,
  type AuditQuery,
  decodeCursor,
  type Folded,
  type Page,
  pageLimit,
  toPage,
} from '@bouncy/core/store'
import type { Dialect } from './dialect.ts'
import { addRows } from './insert.ts'
import type { AuditRow, Database, Trx } from './tables.ts'

/** A change of the suppressions of an address. */
export interface Change {
  readonly address: string
  readonly at: number
  readonly entry: Folded['changes'][number]
}

/** Keeps what changed, the last of it last. */
export async function keepChanges(trx: Trx, dialect: Dialect, changes: readonly Change[]): Promise<void> {
  const rows = changes.map(({ address, at, entry }) => ({
    address,
    changed_at: Math.floor(at),
    data: JSON.stringify(entry),
  }))
  await addRows(trx, dialect, 'bouncy_audit', rows)
}

/** What changed, newest first. */
export async function listAudit(db: Database, query: AuditQuery): Promise<Page<AuditEntry>> {
  const limit = pageLimit(query)
  const before = positionOf(query.cursor)
  const { address } = query
  const rows = await db
    .selectFrom('bouncy_audit')
    .selectAll()
    .$if(address !== undefined, (some) => some.where('address', '=', address as string))
    .$if(before !== undefined, (some) => some.where('seq', '<', before as number))
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute()
  return toPage(rows, limit, toEntry, (row) => [String(row.seq)])
}

type Stored = { readonly [Column in keyof AuditRow]: Column extends 'seq' ? number : AuditRow[Column] }

function toEntry({ address, changed_at, data }: Stored): AuditEntry {
  return {
    at: new Date(Number(changed_at)).toISOString(),
    address,
    ...(JSON.parse(data) as Folded['changes'][number]),
  }
}

function positionOf(cursor: string | undefined): number | undefined {
  const [text] = decodeCursor(cursor, 1) ?? []
  if (text === undefined) return undefined
  const seq = Number(text)
  if (Number.isSafeInteger(seq)) return seq
  throw new TypeError('[bouncy/sql] cursor: pass the `next` of the page before, unchanged')
}
