/** What every SQL store is told besides its database. */
export interface SqlStoreOptions {
  /**
   * `auto` creates our tables, or brings them up to date, at the first use; `manual` leaves that to `migrate()`.
   * @default 'auto' for SQLite, 'manual' for a server
   */
  readonly migrate?: 'auto' | 'manual'
}

/** @throws TypeError an option that does not exist, or a value that means nothing */
export function checkSqlOptions(options: SqlStoreOptions): void {
  for (const key of Object.keys(options)) {
    if (key !== 'migrate') throw new TypeError(`[bouncy/sql] ${key}: remove it; there is no such option`)
  }
  if (![undefined, 'auto', 'manual'].includes(options.migrate)) {
    throw new TypeError("[bouncy/sql] migrate: give 'auto' or 'manual'")
  }
}
