import type { EventBase, MailEvent } from '@bouncy/core'

/** What is an event's own, without what all events have; where it has a stream of its own, that too. */
export type Facts = MailEvent extends infer Each
  ? Each extends MailEvent
    ? Omit<Each, keyof EventBase> & Partial<Pick<EventBase, 'stream' | 'metadata'>>
    : never
  : never

/** The members that have a value. */
export function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never
}
