import { describe, expect, it } from 'vitest'
import { fixtures } from './fixtures.ts'
import { posts, read } from './stage.ts'

describe('a message of SES', () => {
  it.each(fixtures)('$name: $why', async ({ message, events, quarantined }) => {
    const parsed = await read(posts.message(message))
    expect(parsed.events.map(({ id, raw, ...facts }) => facts)).toStrictEqual(events)
    expect(parsed.events.map((event) => event.raw)).toEqual(events.map(() => message))
    expect(parsed.quarantined ?? []).toEqual(quarantined.map((reason) => ({ reason, raw: message })))
  })
})
