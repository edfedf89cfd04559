import type { Erasure } from './store.ts'

type Erased = Pick<Erasure, 'spellings' | 'tombstone'>

/** A mark or a change of an erased address without the words of people; an actor of another name stays. */
export function withoutNote<T extends object>(said: T, erased: Erased): T {
  const { note: _, ...rest } = said as { readonly note?: string }
  return withoutName(rest as T, erased)
}

/**
 * A mark or a change of any address in whose words an erased one does not occur: a note that holds it is gone, and its
 * tombstone takes the place of such an actor, so that the trail still tells who did several things.
 */
export function withoutName<T extends object>(said: T, { spellings, tombstone }: Erased): T {
  const { note, actor, ...rest } = said as { readonly note?: string; readonly actor?: string }
  const holds = (text: string): boolean => {
    const lower = text.toLowerCase()
    return spellings.some((spelling) => lower.includes(spelling))
  }
  return {
    ...rest,
    ...(actor === undefined ? {} : { actor: holds(actor) ? tombstone : actor }),
    ...(note === undefined || holds(note) ? {} : { note }),
  } as T
}
