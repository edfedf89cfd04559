import type { Random } from '../fuzz/random.ts'
import type { Audit } from './audit.ts'
import type { StoreName } from './open-store.ts'
import type { Sabotage } from './sabotage.ts'

/** How large a run is. */
export interface Size {
  /** How often the process is killed, or the power cut. */
  readonly kills: number
  /** How soon after a kill an event has to be acknowledged again, in milliseconds. */
  readonly recovery: number
  /** How long storage is out of reach in each of the ways, in seconds; a full or read-only disk lasts a sixth of it. */
  readonly seconds: number
  /** How many events are redelivered. */
  readonly events: number
  /** How often each of them is sent at most. */
  readonly copies: number
}

/** What one run of a scenario is given. */
export interface Run {
  readonly store: StoreName
  readonly size: Size
  /** A generator of its own for each `name`; the same seed makes the same choices. */
  random(name: string): Random
  readonly sabotage?: Sabotage
  /** Says something that whoever reads the figures has to know. */
  note(what: string): void
  /** Says how far it is: `'kill 7 of 100'`. */
  tell(progress: string): void
  /** Called as it ends, however it does. */
  atEnd(clean: () => Promise<void>): void
}

/** What a run came to. Durations in milliseconds. */
export interface Result extends Audit {
  readonly posts: number
  readonly kills?: number
  /** The longest time from a kill, or the end of an outage, to the first event that was acknowledged. */
  readonly recoveryMs?: number
  /** The longest time until a post was answered while storage was out of reach. */
  readonly slowestMs?: number
}

/** Something that goes wrong. */
export interface Scenario {
  readonly name: string
  /** In one line, for the usage. */
  readonly about: string
  readonly stores: readonly StoreName[]
  /** Those with which it runs in a short run, where nothing else is asked for: of what takes its time. @default all */
  readonly inShort?: readonly StoreName[]
  /** @throws Missing */
  run(run: Run): Promise<Result>
}
