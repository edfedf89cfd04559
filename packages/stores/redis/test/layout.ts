import { createHash } from 'node:crypto'
import type { AuditEntry, MailEvent, Mark, Quarantined, Suppression } from '@bouncy/core/store'

type Contents = ReadonlyMap<string, readonly string[]>

/**
 * What must stand in the sorted sets, made anew from the hashes in a way of its own: whatever was done, and however it
 * was interrupted, nothing may be listed that is not there, or be there and not be listed.
 */
export function sortedSetsOf(contents: Contents): Readonly<Record<string, readonly string[]>> {
  const sets: Record<string, string[]> = Object.fromEntries(SETS.map((name) => [name, []]))
  const add = (set: string, ...parts: readonly string[]): void => void sets[set]?.push(parts.join('\0'))
  const events = hashOf<MailEvent>(contents, 'events')
  const standings = hashOf<Tuple>(contents, 'standings')
  if ([...events.keys()].sort().join() !== [...standings.keys()].sort().join()) {
    throw new Error('there are events without a standing, or standings without an event')
  }
  for (const [id, { type, provider, messageId }] of events) {
    const [state, receivedAt, timestamp, address, leaseUntil, retryAt, ripe, , redacted] = standings.get(
      id,
    ) as Tuple
    const received = String(receivedAt).padStart(16, '0')
    add('event-index', 'time', timestamp, id)
    add('event-index', `type ${type}`, timestamp, id)
    add('event-index', `provider ${provider}`, timestamp, id)
    add('event-index', redacted === 1 ? 'redacted' : 'raw', received, id)
    if (messageId !== undefined) add('event-index', `message ${sha(messageId)}`, timestamp, id)
    if (address !== '') add('event-index', `address ${address}`, timestamp, id)
    if (state !== 'settled') add('event-index', state, timestamp, id)
    if (state !== 'unsettled') continue
    add(leaseUntil > 0 ? 'held' : retryAt > 0 && ripe === 0 ? 'delayed' : 'free', received, id)
  }
  for (const [address, marks] of hashOf<readonly Mark[]>(contents, 'marks')) {
    if (!marks.some((mark) => mark.kind === 'suppress' && mark.expiresAt === undefined))
      add('address-index', address)
  }
  for (const one of [...hashOf<readonly Suppression[]>(contents, 'suppressions').values()].flat()) {
    for (const facet of ['all', one.reason]) {
      add(
        'suppression-index',
        facet,
        one.address,
        JSON.stringify([one.reason, one.scope?.stream, one.scope?.tenant]),
      )
    }
  }
  for (const [place, { address }] of hashOf<AuditEntry>(contents, 'audit')) {
    for (const facet of ['all', `address ${sha(address)}`]) add('audit-index', facet, place)
  }
  for (const { receivedAt, id } of hashOf<Quarantined>(contents, 'quarantined').values()) {
    add('quarantined-index', receivedAt, id)
  }
  for (const id of hashOf(contents, 'tokens').keys()) add('token-index', id)
  return Object.fromEntries(Object.entries(sets).map(([name, members]) => [name, members.sort()]))
}

/** What does stand there. */
export const actualSetsOf = (contents: Contents): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(SETS.map((name) => [name, [...(contents.get(name) ?? [])].sort()]))

const SETS = [
  'audit-index',
  'event-index',
  'free',
  'held',
  'delayed',
  'suppression-index',
  'address-index',
  'quarantined-index',
  'token-index',
]

type Tuple = [string, number, string, string, number, number, 0 | 1, number, 0 | 1]

function hashOf<T>(contents: Contents, name: string): ReadonlyMap<string, T> {
  const flat = contents.get(name) ?? []
  return new Map(
    flat.flatMap((field, index) =>
      index % 2 === 0 ? [[field, JSON.parse(flat[index + 1] ?? '') as T]] : [],
    ),
  )
}

const sha = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22)
