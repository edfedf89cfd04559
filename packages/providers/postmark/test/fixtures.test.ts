import { describe, expect, it } from 'vitest'
import { fixtures } from './fixtures.ts'
import { posts, read } from './read.ts'

describe('a post of Postmark', () => {
  it.each(fixtures)('$name: $why', ({ post, events, quarantined }) => {
    const parsed = read(posts.of(post))
    const { id, raw, ...facts } = parsed.events[0] ?? {}
    expect(parsed.events.length === 0 ? [] : [facts]).toStrictEqual(events)
    expect(parsed.events.map((event) => event.raw)).toEqual(events.map(() => post))
    expect(parsed.quarantined ?? []).toEqual(quarantined.map((reason) => ({ reason, raw: post })))
    expect(parsed.events.length + quarantined.length).toBe(1)
  })
})
