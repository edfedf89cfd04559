import { type AuditEntry, type Erasure, withoutName, withoutNote } from '@bouncy/core/store'
import { dropName, moveMarks, wantedOf } from './addresses.ts'
import { along, each, eventFields } from './along.ts'
import { auditPlace, facetOf, replaceAudit } from './audit.ts'
import type { Database } from './database.ts'
import { digest } from './digest.ts'
import type { Draft, Fields } from './draft.ts'
import { eventId } from './events.ts'
import { boundsOf } from './keys.ts'
import { dropQuarantined } from './quarantine.ts'
import { putStanding, replaceEvent, standingOf } from './standing.ts'

/** Leaves no plaintext of an address. What is interrupted may be called again. */
export async function erase(db: Database, erasure: Erasure): Promise<void> {
  await anonymiseEvents(db, erasure)
  await db.write({
    wanted: wantedOf([erasure.key, erasure.tombstone]),
    weight: 1,
    apply: (draft) => moveMarks(draft, erasure),
  })
  await moveAudit(db, erasure)
  await redactOthers(db, erasure)
  await dropPayloads(db, erasure)
  await dropNames(db, erasure)
}

async function anonymiseEvents(db: Database, { key, tombstone, anonymise }: Erasure): Promise<void> {
  const [from, to] = [digest(key), digest(tombstone)]
  await along(db, 'event-index', boundsOf(`address ${from}`), (members) =>
    each(members.map(eventId), eventFields, (draft, id) => {
      const standing = standingOf(draft, id)
      if (standing?.address !== from) return false
      replaceEvent(draft, id, anonymise)
      putStanding(draft, id, { ...standing, address: to })
      return true
    }),
  )
}

async function moveAudit(db: Database, erasure: Erasure): Promise<void> {
  const { key, tombstone } = erasure
  await along(db, 'audit-index', boundsOf(facetOf(key)), (members) =>
    each(members.map(auditPlace), auditFields, (draft, place) =>
      changeAudit(draft, place, (entry) => ({ ...withoutNote(entry, erasure), address: tombstone })),
    ),
  )
}

async function redactOthers(db: Database, { spellings, redact }: Erasure): Promise<void> {
  const texts = asInJson(spellings)
  for await (const ids of db.search('events', texts)) {
    await db.write(
      each(ids, eventFields, (draft, id) => {
        if (!holds(draft.get('events', id), texts)) return false
        replaceEvent(draft, id, redact)
        return true
      }),
    )
  }
}

async function dropPayloads(db: Database, { spellings }: Erasure): Promise<void> {
  const texts = asInJson(spellings)
  const fields = (ids: readonly string[]) => ({ quarantined: ids })
  for await (const ids of db.search('quarantined', texts)) {
    await db.write(
      each(
        ids,
        fields,
        (draft, id) => holds(draft.get('quarantined', id), texts) && dropQuarantined(draft, id),
      ),
    )
  }
}

/** Takes the address from what people said of others. */
async function dropNames(db: Database, erasure: Erasure): Promise<void> {
  const texts = asInJson(erasure.spellings)
  for await (const keys of db.search('marks', texts)) {
    await db.write(
      each(keys, wantedOf, (draft, key) => {
        dropName(draft, key, erasure)
        return true
      }),
    )
  }
  for await (const places of db.search('audit', texts)) {
    await db.write(
      each(places, auditFields, (draft, place) =>
        changeAudit(draft, place, (entry) => withoutName(entry, erasure)),
      ),
    )
  }
}

const auditFields = (places: readonly string[]): Fields => ({ audit: places })

function changeAudit(draft: Draft, place: string, change: (entry: AuditEntry) => AuditEntry): boolean {
  const text = draft.get('audit', place)
  if (text !== undefined) replaceAudit(draft, place, change(JSON.parse(text) as AuditEntry))
  return text !== undefined
}

const asInJson = (texts: readonly string[]): readonly string[] =>
  texts.map((text) => JSON.stringify(text).slice(1, -1))

function holds(json: string | undefined, texts: readonly string[]): boolean {
  const lower = json?.toLowerCase()
  return lower !== undefined && texts.some((text) => lower.includes(text))
}
