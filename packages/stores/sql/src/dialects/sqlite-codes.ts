const BUSY = 5
/** Somebody has written since the transaction read: no waiting cures it, but doing it again does. */
const BUSY_SNAPSHOT = 517

/** Whether somebody else is writing, in any form of SQLITE_BUSY but the next (https://sqlite.org/rescode.html). */
export const isBusy = (error: unknown): boolean => {
  const code = codeOf(error)
  return code !== BUSY_SNAPSHOT && (code & 0xff) === BUSY
}

export const isOutdated = (error: unknown): boolean => codeOf(error) === BUSY_SNAPSHOT

function codeOf(error: unknown): number {
  const { errcode, rawCode, code }: Partial<Record<string, unknown>> =
    error instanceof Error ? { ...error } : {}
  // better-sqlite3 gives names, the others numbers
  const number = Number(errcode ?? rawCode)
  if (!Number.isNaN(number)) return number
  const name = String(code)
  if (name === 'SQLITE_BUSY_SNAPSHOT') return BUSY_SNAPSHOT
  return name.startsWith('SQLITE_BUSY') ? BUSY : 0
}
