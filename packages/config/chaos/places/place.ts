import { type OpenStore, openStore, type StoreAt } from '../open-store.ts'

/** A database of this run alone, which outlives the receiver. */
export interface Place {
  readonly at: StoreAt
  /** The port of its server; nothing where it has none. */
  readonly port?: number
  /** The same, reached through another port. */
  through(port: number): StoreAt
  /** Whether handlers can write in a transaction. */
  readonly transactional: boolean
  /** Creates the table that handlers write into, where everything is gone. */
  create(): Promise<void>
  /** A store over it, to look from outside. */
  open(): Promise<OpenStore>
  /** What handlers wrote in transactions, in `chaos_effects`. */
  effects(): Promise<readonly WrittenEffect[]>
  /** What is wrong with the database itself. */
  check(): Promise<readonly string[]>
  /** Removes it. */
  remove(): Promise<void>
}

/** A row of `chaos_effects`. */
export interface WrittenEffect {
  readonly id: string
  readonly recipient: string
}

/** What reads them. */
export const SELECT_EFFECTS = 'select id, recipient from chaos_effects'

/** A name that no other run has. */
export const freshName = (): string =>
  `bouncy_chaos_${process.pid}_${Date.now().toString(36)}_${Math.random().toString(36).slice(2, 6)}`

/** The table that handlers write into; nothing in it keeps a row from being there twice. */
export const CREATE_EFFECTS =
  'create table chaos_effects (id varchar(255) not null, recipient varchar(255) not null)'

/** What is the same for all databases on a server. */
export function onServer(at: StoreAt, port: number): Pick<Place, 'at' | 'port' | 'through' | 'open'> {
  return {
    at,
    port,
    through: (other) => ({ ...at, at: at.at.replace(`:${port}`, `:${other}`) }),
    open: () => openStore(at),
  }
}
