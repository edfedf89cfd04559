import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClassicLevel } from 'classic-level'
import { afterAll } from 'vitest'
import type { LevelTransaction } from './level-store.ts'

const root = mkdtempSync(join(tmpdir(), 'bouncy-level-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A folder that goes when the tests of the file are done. */
export const freshFolder = (): string => mkdtempSync(join(root, 'db-'))

/** Whether a text stands anywhere in the files of a folder. */
export const filesHold = (folder: string, text: string): boolean =>
  readdirSync(folder).some((file) => readFileSync(join(folder, file)).includes(text))

/** How a handler writes words through the transaction that it is given, and how they are read. */
export const wordsIn = (db: () => ClassicLevel) => ({
  async write(transaction: unknown, word: string): Promise<void> {
    const own = transaction as LevelTransaction
    own.push({ type: 'put', key: `word:${word}`, value: word })
  },
  read: (): Promise<string[]> => db().values({ gte: 'word:', lt: 'word;' }).all(),
})
