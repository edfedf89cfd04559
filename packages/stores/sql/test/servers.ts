import { setTimeout as pause } from 'node:timers/promises'
import type { DialectName } from '@bouncy/sql'
import type { SqlStore } from '@bouncy/sql/sqlite'
import type { Kysely, LogConfig } from 'kysely'
import { describe, expect, vi } from 'vitest'
import type { Shop } from './words.ts'

/** A database on a server, of this run alone. */
export interface Server {
  readonly name: string
  /** A store over a pool that all of them share, and that stays open. */
  store(): SqlStore
  /** A store over a pool of one connection, and what closes that. */
  storeOverOne(): { readonly store: SqlStore; end(): Promise<void> }
  /** A store that opens a pool of its own; `port` is that of the server unless it is reached through another. */
  storeByUrl(options?: { readonly migrate?: 'auto' | 'manual' }, port?: number, query?: string): SqlStore
  readonly port: number
  readonly dialect: DialectName
  /** A Kysely over the shared pool. */
  kysely(log?: LogConfig): Kysely<Shop>
  /** How the server goes about a statement. */
  explain(sql: string, parameters: readonly unknown[]): Promise<string>
  /** A connection of its own, for whatever an application may do; its changes are committed by `commit`. */
  begin(): Promise<Session>
  /** Ends all connections to the database but those of sessions. */
  killConnections(): Promise<void>
  /** How many connections there are to the database. */
  connections(): Promise<number>
  /** How many transactions wait for a lock. */
  waiting(): Promise<number>
  /** Removes all rows. */
  empty(): Promise<void>
  /** Removes all tables. */
  drop(): Promise<void>
  /** Removes the database, and closes everything. */
  end(): Promise<void>
}

/** A transaction of somebody else's. */
export interface Session {
  query(sql: string): Promise<unknown>
  commit(): Promise<void>
}

/**
 * Opens a database of this run. Where nobody answers, it says so and the suite is skipped; not in CI, which has all
 * servers.
 */
export async function reach<S extends Server>(name: string, open: () => Promise<S>): Promise<S | undefined> {
  try {
    return await open()
  } catch (error) {
    if (process.env.CI === 'true') throw error
    const line = `${name} does not answer, so nothing is shown of it: ${error instanceof Error ? error.message : error}`
    process.stderr.write(`${line}\n`)
    describe.skip(line)
    return undefined
  }
}

/**
 * Resolves when something waits for a lock. MariaDB looks anew only if nobody has asked for a tenth of a second; until
 * then it tells what it saw before.
 */
export async function waitsForLock(server: Server): Promise<void> {
  await pause(150)
  await vi.waitFor(async () => expect(await server.waiting()).toBeGreaterThan(0), {
    timeout: 5_000,
    interval: 150,
  })
}

/** A name that no other run has. */
export const databaseName = (): string => `bouncy_test_${process.pid}_${Date.now().toString(36)}`
