import type { MailEvent } from './events.ts'

/**
 * Puts events into a queue, and lets this process work off what any process put there. The store stays the only memory:
 * events are durable before they are enqueued, and what a queue loses is enqueued again. A queue has to see to three
 * things: one job for each event id, one worker for each job at a time, and a pause before the next try.
 */
export interface Dispatcher {
  /** Only these are enqueued; all others are settled as they are stored. @default all types */
  readonly types?: readonly MailEvent['type'][]
  /**
   * How long an event may be in the queue before it is enqueued once more, in case its job got lost. Milliseconds;
   * nothing happens where its job is still there.
   */
  readonly leaseMs: number
  /**
   * Enqueues events; resolves when the queue has them all. Must settle within a few seconds, since a reply waits for it.
   * An event whose job is there already must not get another one, and one that was given up before must get a new one.
   */
  dispatch(events: readonly DispatchedEvent[]): Promise<void>
  /** Begins to work jobs off; called once, after the first handler was registered. Absent: this process only enqueues. */
  work?(worker: QueueWorker): void
  /** Takes no more jobs, and resolves when those under way are done. Called before the store is closed. */
  close(): Promise<void>
}

/** An event on its way into the queue. */
export interface DispatchedEvent {
  readonly event: MailEvent
  /** It was in the queue before: what may be left of it there, such as a job that was given up, must not stand in the way. */
  readonly again: boolean
}

/** An event that comes out of the queue. */
export interface QueuedEvent {
  readonly event: MailEvent
  /** 1 for the first start, counting those that ended with their process too. */
  readonly attempt: number
  /** There will be no further attempt after this many. */
  readonly attempts: number
}

/** What a dispatcher calls in a process that works jobs off. */
export interface QueueWorker {
  /**
   * Runs the handlers, unless the event is settled or dead already, and tells the store. It rejects only where the store
   * cannot be reached; that is to be tried again like `failed`.
   * @returns `settled`: the job is done · `failed`: try again after a pause · `dead`: never again
   */
  run(job: QueuedEvent): Promise<'settled' | 'failed' | 'dead'>
  /** Logs what goes wrong with the queue itself. */
  troubled(error: unknown): void
}
