import type { PruneLimits, PruneReport } from '@bouncy/core/store'
import { forgetIfSpent, wantedOf } from './addresses.ts'
import { along, each, eventFields, STEP } from './along.ts'
import { auditPlace, EVERYBODY, replaceAudit } from './audit.ts'
import type { Database } from './database.ts'
import { eventId } from './events.ts'
import { ALL, type Bounds, beyond, boundsOf, sortable } from './keys.ts'
import { dropQuarantined, quarantinedId } from './quarantine.ts'
import { putStanding, replaceEvent, standingOf } from './standing.ts'
import { forgetIfOver } from './tokens.ts'

/** Removes what is past keeping. */
export async function prune(db: Database, limits: PruneLimits): Promise<PruneReport> {
  const redactedOnes = await pruneEvents(db, 'redacted', limits)
  const rawOnes = await pruneEvents(db, 'raw', limits)
  return {
    redacted: await redactEvents(db, limits),
    events: redactedOnes + rawOnes,
    quarantined: await pruneQuarantined(db, limits),
    addresses: await pruneAddresses(db, limits),
    audit: await pruneAudit(db, limits),
    tokens: await pruneTokens(db, limits),
  }
}

function pruneEvents(
  db: Database,
  facet: 'raw' | 'redacted',
  { eventsBefore }: PruneLimits,
): Promise<number> {
  return along(db, 'event-index', receivedBefore(facet, eventsBefore), (members) =>
    each(members.map(eventId), eventFields, (draft, id) => {
      if (standingOf(draft, id)?.state !== 'settled') return false
      replaceEvent(draft, id, () => undefined)
      putStanding(draft, id, undefined)
      return true
    }),
  )
}

function redactEvents(db: Database, { rawBefore, redact }: PruneLimits): Promise<number> {
  return along(db, 'event-index', receivedBefore('raw', rawBefore), (members) =>
    each(members.map(eventId), eventFields, (draft, id) => {
      const standing = standingOf(draft, id)
      if (standing === undefined || standing.redacted) return false
      replaceEvent(draft, id, redact)
      putStanding(draft, id, { ...standing, redacted: true })
      return true
    }),
  )
}

function pruneQuarantined(db: Database, { quarantinedBefore }: PruneLimits): Promise<number> {
  const max = beyond(new Date(quarantinedBefore).toISOString())
  return along(db, 'quarantined-index', { min: ALL.min, max }, (members) =>
    each(members.map(quarantinedId), (ids) => ({ quarantined: ids }), dropQuarantined),
  )
}

function pruneAudit(db: Database, { auditBefore }: PruneLimits): Promise<number> {
  const max = beyond(EVERYBODY, new Date(auditBefore).toISOString())
  return along(db, 'audit-index', { ...boundsOf(EVERYBODY), max }, (members) =>
    each(
      members.map(auditPlace),
      (places) => ({ audit: places }),
      (draft, place) => {
        const there = draft.get('audit', place) !== undefined
        replaceAudit(draft, place, undefined)
        return there
      },
    ),
  )
}

async function pruneAddresses(db: Database, { addressesBefore }: PruneLimits): Promise<number> {
  let forgotten = 0
  let kept = 0
  for (;;) {
    const keys = await db.upTo('address-index', `(${addressesBefore}`, STEP, kept)
    if (keys.length === 0) return forgotten
    const count = await db.write(
      each(keys, wantedOf, (draft, key) => forgetIfSpent(draft, key, addressesBefore)),
    )
    forgotten += count
    kept += keys.length - count
    if (keys.length < STEP) return forgotten
  }
}

async function pruneTokens(db: Database, { now }: PruneLimits): Promise<number> {
  let forgotten = 0
  for (;;) {
    const ids = await db.upTo('token-index', `(${now}`, STEP)
    if (ids.length === 0) return forgotten
    forgotten += await db.write(
      each(
        ids,
        (some) => ({ tokens: some }),
        (draft, id) => forgetIfOver(draft, id, now),
      ),
    )
    if (ids.length < STEP) return forgotten
  }
}

/** The part of the events' index that holds those received before a time. */
const receivedBefore = (facet: 'raw' | 'redacted', time: number): Bounds => ({
  ...boundsOf(facet),
  max: beyond(facet, sortable(time)),
})
