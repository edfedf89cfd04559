import { describe, expect, it } from 'vitest'
import { fixtures } from './fixtures.ts'
import { read, signer } from './read.ts'

describe('a post of SendGrid', () => {
  it.each(fixtures)('$name: $why', ({ post, events, quarantined }) => {
    const parsed = read(signer.post(post))
    expect(parsed.events.map(({ id, raw, ...facts }) => facts)).toStrictEqual(events)
    expect(parsed.quarantined?.map(({ reason }) => reason)).toEqual(quarantined)
    const kept = [...parsed.events, ...(parsed.quarantined ?? [])].map(({ raw }) => raw)
    expect(kept).toHaveLength(post.length)
    expect(new Set(kept.map((raw) => JSON.stringify(raw)))).toEqual(
      new Set(post.map((raw) => JSON.stringify(raw))),
    )
  })
})
