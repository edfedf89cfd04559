import type { EventBase, MailEvent } from '@bouncy/core'

/** What is an event's own, without what all events have; where it has a stream of its own, that too. */
export type Facts = MailEvent extends infer Each
  ? Each extends MailEvent
    ? Omit<Each, keyof EventBase> & Partial<Pick<EventBase, 'stream' | 'metadata'>>
    : never
  : never
