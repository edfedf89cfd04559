import { sqlStore } from '@bouncy/sql'
import { mysqlStore } from '@bouncy/sql/mysql'
import { postgresStore } from '@bouncy/sql/postgres'
import { sqliteStore } from '@bouncy/sql/sqlite'
import type { Kysely } from 'kysely'
import { expect, it } from 'vitest'

it('a wrong option does not compile, and is refused', () => {
  const db = {} as Kysely<unknown>
  // @ts-expect-error it is migrate
  expect(() => sqliteStore(':memory:', { migrations: 'auto' })).toThrow('[bouncy/sql]')
  // @ts-expect-error it is auto or manual
  expect(() => sqliteStore(':memory:', { migrate: true })).toThrow('[bouncy/sql]')
  // @ts-expect-error it is migrate
  expect(() => postgresStore('postgres://127.0.0.1/x', { migrations: 'auto' })).toThrow('[bouncy/sql]')
  // @ts-expect-error it is migrate
  expect(() => mysqlStore('mysql://127.0.0.1/x', { migrations: 'auto' })).toThrow('[bouncy/sql]')
  // @ts-expect-error a dialect is one of three
  void ((): object => sqlStore({ db, dialect: 'oracle' }))
  // @ts-expect-error it is migrate
  void ((): object => sqlStore({ db, dialect: 'sqlite' }, { migrations: 'auto' }))
})
