import { setTimeout as pause } from 'node:timers/promises'
import { type Kysely, type KyselyPlugin, sql, type Transaction } from 'kysely'
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

/** What was there a moment ago was changed by somebody else: the transaction is to be done again. */
export class Conflict extends Error {}

/** @param theirs the Kysely that was handed in */
export function createAccess(theirs: Kysely<unknown>, dialect: Dialect): Access {
  const db = theirs.withoutPlugins() as unknown as Database
  const begin =
    dialect.isolation === undefined ? db.transaction() : db.transaction().setIsolationLevel(dialect.isolation)
  /** Transactions that are lent just now. */
  let lent = 0

  /** Nobody waits for ever for a transaction that is lent, least of all who has borrowed it. */
  async function connected<C, T>(
    connect: (work: (connection: C) => Promise<T>) => Promise<T>,
    work: (connection: C) => Promise<T>,
  ): Promise<T> {
    if (lent === 0) return connect(work)
    const { promise: refused, reject } = Promise.withResolvers<never>()
    const overdue = new Error(
      '[bouncy/sql] no connection was free for 5 seconds, while a handler held its transaction open: let it finish sooner, and do not call bouncy in between',
    )
    let late = false
    const timer = setTimeout(() => {
      late = true
      reject(overdue)
    }, WAIT_MS)
    const working = connect(async (connection) => {
      clearTimeout(timer)
      if (late) throw overdue
      return work(connection)
    })
    return Promise.race([working, refused]).finally(() => clearTimeout(timer))
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
        (run) => theirs.transaction().execute(run),
        async (trx: Transaction<unknown>) => {
          const ours = trx.withoutPlugins() as unknown as Trx
          let over = false
          lent += 1
          try {
            await work(trx.withPlugin(until(() => over))).finally(() => {
              over = true
            })
            await finish(ours)
          } catch (error) {
            // Kysely rolls back past whatever waits for the connection, which would be done after it, and stay
            await sql`select 1`.execute(ours).catch(() => {})
            throw error
          } finally {
            lent -= 1
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
