import { describe, expect, it } from 'vitest'
import { fixtures } from './fixtures.ts'
import { read, signer } from './read.ts'

describe('a post of Mailgun', () => {
  it.each(fixtures)('$name: $why', ({ data, events, quarantined }) => {
    const parsed = read(signer.post(data))
    expect(parsed.events.map(({ id, raw, ...facts }) => facts)).toStrictEqual(events)
    expect(parsed.events.map((event) => event.raw)).toEqual(events.map(() => data))
    expect(parsed.quarantined ?? []).toEqual(quarantined.map((reason) => ({ reason, raw: data })))
    expect(events.length + quarantined.length).toBeGreaterThan(0)
  })
})
