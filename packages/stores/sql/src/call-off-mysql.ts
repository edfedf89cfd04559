import type { MysqlConnection, MysqlPool } from './mysql.ts'

/** How long the server may take for it, in milliseconds. */
const ANSWER_MS = 5_000

/**
 * Has the server break off what it does for a connection, since it goes on, and waits for locks, when nobody is there any
 * more who asked for it.
 */
export function callOff(pool: MysqlPool, { threadId }: MysqlConnection): void {
  if (typeof threadId !== 'number') return
  pool.getConnection((error, connection) => {
    // if the server cannot be told now, it will find out by itself
    if (error) return
    const silent = setTimeout(() => connection.destroy?.(), ANSWER_MS)
    connection.query(`kill query ${threadId}`, [], () => {
      clearTimeout(silent)
      connection.release()
    })
  })
}
