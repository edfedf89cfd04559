import { setTimeout as pause } from 'node:timers/promises'
import { type Kysely, type KyselyPlugin, sql, type Transaction } from 'kysely'
import { type Connections, unknownConnections } from './connections.ts'
import type { Dialect } from './dialect.ts'
import type { Database, Trx } from './tables.ts'

/** How the store reaches its database. */
export interface Access {
  /** Runs reads on one connection. */
  read<T>(work: (db: Database) => Promise<T>): Promise<T>
  /** Reads on a connection that is got without Kysely, under the same rules. */
  borrow<C, T>(
    connect: (work: (connection: C) => Promise<T>) => Promise<T>,
    work: (connection: C) => Promise<T>,
  ): Promise<T>
  /** Runs a transaction, once more where it fails because of others; so `work` must have no effects but in it. */
  transact<T>(work: (trx: Trx) => Promise<T>): Promise<T>
  /**
   * Runs a transaction for somebody else, once, with the plugins of the Kysely that was handed in.
   *
   * @param finish what we do in it ourselves when their work is done
   */
  lend(
    work: (theirs: Transaction<unknown>) => Promise<void>,
    finish: (ours: Trx) => Promise<void>,
  ): Promise<void>
}

/** How often a transaction is tried. */
const ATTEMPTS = 10
/** How long others wait for a connection while a transaction is lent, in milliseconds. */
const WAIT_MS = 5_000
const HELD =
  '[bouncy/sql] no connection was free for 5 seconds, while a handler held its transaction open: let it finish sooner, and do not call bouncy in between'
/**
 * How long the database may take for a transaction of ours, in milliseconds. A connection that something on the way has
 * forgotten would be silent for a quarter of an hour, and whatever waits behind it with it; so it is ended then, where
 * that can be, and leaves its place in the pool. If it waits for somebody's lock instead, the server is told not to.
 */
const ANSWER_MS = 30_000
const SILENT =
  '[bouncy/sql] the database has not answered for 30 seconds; what comes next is tried over another connection'

/** What was there a moment ago was changed by somebody else: the transaction is to be done again. */
export class Conflict extends Error {}

/** There was no connection or no answer in time; whether something was committed is not known. */
export class Unanswered extends Error {}

/** What is told when the database is waited for, and when it is not. */
interface Answer {
  expect(): void
  received(): void
}

/** @param theirs the Kysely that was handed in */
export function createAccess(
  theirs: Kysely<unknown>,
  dialect: Dialect,
  connections: Connections = unknownConnections,
): Access {
  const db = theirs.withoutPlugins() as unknown as Database
  const begin =
    dialect.isolation === undefined ? db.transaction() : db.transaction().setIsolationLevel(dialect.isolation)
  /** Transactions that are lent just now. */
  let lent = 0

  /** Nobody waits for ever: for a transaction that is lent, least of all who has borrowed it, or for an answer. */
  function connected<C, T>(
    connect: (work: (connection: C) => Promise<T>) => Promise<T>,
    work: (connection: C, answer: Answer) => Promise<T>,
  ): Promise<T> {
    const { promise: refused, reject } = Promise.withResolvers<never>()
    let overdue: Unanswered | undefined
    let silent: ReturnType<typeof setTimeout> | undefined
    const giveUp = (words: string): void => {
      overdue = new Unanswered(words)
      reject(overdue)
    }
    const answer: Answer = {
      expect() {
        silent = setTimeout(() => {
          giveUp(SILENT)
          end()
        }, ANSWER_MS)
      },
      received: () => clearTimeout(silent),
    }
    const held = lent === 0 ? undefined : setTimeout(giveUp, WAIT_MS, HELD)
    answer.expect()
    const { working, end } = connections.follow(() =>
      connect(async (connection) => {
        clearTimeout(held)
        if (overdue !== undefined) throw overdue
        const result = await work(connection, answer)
        // nobody is told any more, so it is better not committed
        if (overdue !== undefined) throw overdue
        return result
      }),
    )
    // not when it is given up: a connection that it comes by later may be silent as well
    const done = working.finally(() => {
      clearTimeout(held)
      clearTimeout(silent)
    })
    return Promise.race([done, refused])
  }

  /** @param attempt is handed what it calls when all is done but the commit */
  async function persistently<T>(attempt: (finish: () => void) => Promise<T>): Promise<T> {
    for (let count = 1; ; count += 1) {
      let finished = false
      try {
        return await attempt(() => {
          finished = true
        })
      } catch (error) {
        // a connection that broke before the commit has stored nothing; of one that broke with it nobody knows
        const again =
          error instanceof Conflict || dialect.isConflict(error) || (!finished && dialect.isLost(error))
        if (!again || count === ATTEMPTS) throw error
      }
      await pause(count * 5)
    }
  }

  return {
    read: (work) => persistently(() => connected((run) => db.connection().execute(run), work)),
    borrow: (connect, work) => persistently(() => connected(connect, work)),
    transact: (work) =>
      persistently((finish) =>
        connected(
          (run) => begin.execute(run),
          async (trx: Trx) => {
            const result = await work(trx)
            finish()
            return result
          },
        ),
      ),
    lend: (work, finish) =>
      connected(
        (run: (trx: Transaction<unknown>) => Promise<void>) => theirs.transaction().execute(run),
        async (trx, answer) => {
          const ours = trx.withoutPlugins() as unknown as Trx
          let over = false
          async function theirPart(): Promise<void> {
            lent += 1
            answer.received()
            try {
              await work(trx.withPlugin(until(() => over)))
            } finally {
              over = true
              lent -= 1
              answer.expect()
            }
          }
          try {
            await theirPart()
            await finish(ours)
          } catch (error) {
            // Kysely rolls back past whatever waits for the connection, which would be done after it, and stay
            await sql`select 1`.execute(ours).catch(() => {})
            throw error
          }
        },
      ),
  }
}

/** Refuses statements from some time on. */
function until(isOver: () => boolean): KyselyPlugin {
  return {
    transformQuery({ node }) {
      if (isOver()) throw new Error('[bouncy/sql] the transaction is over: its handlers have ended or failed')
      return node
    },
    transformResult: async ({ result }) => result,
  }
}
