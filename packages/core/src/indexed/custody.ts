import { foldMarks, spentAt } from '../fold.ts'
import type { Erasure, PruneLimits, PruneReport } from '../store.ts'
import { withoutName, withoutNote } from '../words.ts'
import type { Row, Tables } from './tables.ts'

/** Removes what is past keeping. */
export function prune(
  { rows, quarantine, trail, addresses, tokens }: Tables,
  limits: PruneLimits,
): PruneReport {
  const old = (row: Row, before: number): boolean => row.receivedAt < before
  const events = rows.drop((row) => row.state === 'settled' && old(row, limits.eventsBefore))
  let redacted = 0
  for (const [id, row] of rows.entries()) {
    if (row.redacted || !old(row, limits.rawBefore)) continue
    rows.set(id, { ...row, event: limits.redact(row.event), redacted: true })
    redacted += 1
  }
  const before = new Date(limits.quarantinedBefore).toISOString()
  const auditBefore = new Date(limits.auditBefore).toISOString()
  return {
    events,
    redacted,
    quarantined: quarantine.drop((item) => item.receivedAt < before),
    addresses: addresses.drop(({ marks }) => spentAt(marks) < limits.addressesBefore),
    audit: trail.drop((entry) => entry.at < auditBefore),
    tokens: tokens.drop((token) => token.until < limits.now),
  }
}

/** Leaves no plaintext of an address. */
export function erase({ rows, quarantine, trail, addresses }: Tables, erasure: Erasure): void {
  const { key, spellings, tombstone, anonymise, redact } = erasure
  const holds = (value: unknown): boolean => {
    const text = JSON.stringify(value).toLowerCase()
    return spellings.some((spelling) => text.includes(JSON.stringify(spelling).slice(1, -1)))
  }
  for (const [id, row] of rows.entries()) {
    if (row.key === key) rows.set(id, { ...row, event: anonymise(row.event), key: tombstone })
    else if (holds(row.event)) rows.set(id, { ...row, event: redact(row.event) })
  }
  quarantine.drop(holds)
  const marks = addresses.get(key)?.marks ?? []
  addresses.delete(key)
  const known = addresses.get(tombstone)?.marks ?? []
  const folded = foldMarks(
    known,
    marks.map((mark) => ({ mark: withoutNote(mark, erasure) })),
  )
  const suppressions = folded.suppressions.map((one) => ({ address: tombstone, ...one }))
  addresses.set(tombstone, { marks: folded.marks, suppressions })
  for (const [name, entry] of trail.entries()) {
    if (entry.address === key) trail.set(name, { ...withoutNote(entry, erasure), address: tombstone })
    else if (holds(entry)) trail.set(name, withoutName(entry, erasure))
  }
  for (const [address, known] of addresses.entries()) {
    if (!holds(known.marks)) continue
    const { marks, suppressions } = foldMarks(
      known.marks.map((mark) => withoutName(mark, erasure)),
      [],
    )
    addresses.set(address, { marks, suppressions: suppressions.map((one) => ({ address, ...one })) })
  }
}
