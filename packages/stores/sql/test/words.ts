import type { TransactionProbe } from '@bouncy/testkit'
import type { Transaction } from 'kysely'

/** A table of an application, in which handlers write. */
export interface Shop {
  readonly shop_words: { readonly word: string }
}

export function createWords(database: { exec(sql: string): unknown }): void {
  database.exec('create table shop_words (word text not null)')
}

/** Writes words as a handler would; `read` is told by what the application sees. */
export function wordsOver(
  read: () =>
    | readonly Readonly<Record<string, unknown>>[]
    | Promise<readonly Readonly<Record<string, unknown>>[]>,
): TransactionProbe {
  return {
    write: (transaction, word) =>
      (transaction as Transaction<Shop>).insertInto('shop_words').values({ word }).execute(),
    read: async () => (await read()).map((row) => String(row.word)),
  }
}
