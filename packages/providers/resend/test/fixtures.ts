import { readdirSync, readFileSync } from 'node:fs'
import type { MailEvent } from '@bouncy/core'

/** A post, the events that it means (without id and raw), and the name under which it is kept unread. */
export interface Fixture {
  readonly name: string
  readonly why: string
  readonly post: object
  readonly events: readonly Omit<MailEvent, 'id' | 'raw'>[]
  readonly quarantined: readonly string[]
}

const folder = new URL('fixtures/', import.meta.url)

/** All of `test/fixtures`. */
export const fixtures: readonly Fixture[] = readdirSync(folder)
  .sort()
  .map((file) => ({ name: file, ...JSON.parse(readFileSync(new URL(file, folder), 'utf8')) }))
