import type { SqsSettings } from './options.ts'

/** What a consumer has to say of itself. */
export interface SqsStatus {
  /** False as soon as it was told to stop. */
  readonly running: boolean
  /** When the queue last answered; ISO 8601. Missing before the first time. */
  readonly lastAnswerAt?: string
  /** What went wrong with the queue, until it answers again. */
  readonly error?: string
  /** Messages that are being worked on. */
  readonly inFlight: number
  /** Messages since the start, by what became of them: stored for good. */
  readonly taken: number
  /** To be received again, because they could not be stored or handled. */
  readonly retried: number
  /** Left to the redrive policy. */
  readonly refused: number
}

/** What became of a message. */
export type Outcome = 'taken' | 'retried' | 'refused'

/** Keeps what `SqsStatus` says. */
export interface Pulse {
  answered(): void
  failed(error: unknown): void
  /** So many messages more are being worked on. */
  began(messages: number): void
  /** A message less, and what became of it. */
  finished(outcome: Outcome): void
  status(): SqsStatus
  healthy(): boolean
}

/** What a queue may be silent for, besides waiting for messages: errors are retried more often than that. */
const PATIENCE_MS = 60_000

export function createPulse(
  { now, waitTimeSeconds }: Pick<SqsSettings, 'now' | 'waitTimeSeconds'>,
  stop: AbortSignal,
): Pulse {
  const counts = { taken: 0, retried: 0, refused: 0 }
  const started = now()
  let inFlight = 0
  let lastAnswer: number | undefined
  let problem: string | undefined

  return {
    answered() {
      lastAnswer = now()
      problem = undefined
    },
    failed(error) {
      if (!stop.aborted) problem = describe(error)
    },
    began(messages) {
      inFlight += messages
    },
    finished(outcome) {
      inFlight -= 1
      counts[outcome] += 1
    },
    status: () => ({
      running: !stop.aborted,
      ...(lastAnswer === undefined ? {} : { lastAnswerAt: new Date(lastAnswer).toISOString() }),
      ...(problem === undefined ? {} : { error: problem }),
      inFlight,
      ...counts,
    }),
    healthy: () => !stop.aborted && now() - (lastAnswer ?? started) <= waitTimeSeconds * 1_000 + PATIENCE_MS,
  }
}

/** What of an error may be logged: its kind and message. */
export const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)
