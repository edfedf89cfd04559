import { readdirSync, readFileSync } from 'node:fs'
import type { MailEvent } from '@bouncy/core'

/** What a post holds as `event-data`, the events that it means (without id and raw), and the names under which it is kept. */
export interface Fixture {
  readonly name: string
  readonly why: string
  readonly data: object
  readonly events: readonly Omit<MailEvent, 'id' | 'raw'>[]
  readonly quarantined: readonly string[]
}

const folder = new URL('fixtures/', import.meta.url)

/** All of `test/fixtures`. */
export const fixtures: readonly Fixture[] = readdirSync(folder)
  .sort()
  .map((file) => ({ name: file, ...JSON.parse(readFileSync(new URL(file, folder), 'utf8')) }))
