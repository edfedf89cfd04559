import { describe, expect, it } from 'vitest'
import { fixtures } from './fixtures.ts'
import { read, signer } from './read.ts'

describe('a post of Resend', () => {
  it.each(fixtures)('$name: $why', ({ name, post, events, quarantined }) => {
    const parsed = read(signer.post(post))
    expect(parsed.events.map(({ id, raw, ...facts }) => facts)).toStrictEqual(events)
    expect(parsed.events.map((event) => event.raw)).toEqual(events.map(() => post))
    expect(parsed.quarantined ?? []).toEqual(quarantined.map((reason) => ({ reason, raw: post })))
    expect(parsed.events.length + quarantined.length === 0).toBe(name.startsWith('ignored-'))
  })
})
