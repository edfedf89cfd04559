import { expect } from 'vitest'
import { casesOf, type StoreCase } from './case.ts'
import { bounce, eventIds, NOW, quarantined, range, record, settled, standing, suppressing } from './data.ts'

const KIM = 'kim@example.com'

/** Throws at whoever reads it, so that no store can keep it. */
const unreadable = (): object => ({
  get word(): never {
    throw new Error('this cannot be read')
  },
})

const circular = (): object => {
  const ring: Record<string, unknown> = {}
  ring.self = ring
  return ring
}

/** A batch is stored as a whole or not at all, and harms no other. */
export const atomicityCases: readonly StoreCase[] = casesOf('atomicity', {
  async 'stores nothing of a batch with an event that cannot be stored'({ store }) {
    const events = [
      settled(bounce('before')),
      settled(bounce('bad', { raw: unreadable() })),
      settled(bounce('after')),
    ]
    await expect(
      record(store, {
        events,
        marks: [suppressing(KIM, 'toy_before', { eventId: 'toy_before' }), suppressing(KIM, 'by-hand')],
        quarantined: [quarantined('a')],
      }),
    ).rejects.toThrow()
    expect(await eventIds(store)).toEqual([])
    expect(await standing(store)).toEqual([])
    expect((await store.quarantined({})).items).toEqual([])
  },

  async 'stores nothing of a batch with a quarantined payload that cannot be stored'({ store }) {
    await expect(
      record(store, {
        events: [settled(bounce('a'))],
        marks: [suppressing(KIM, 'toy_a', { eventId: 'toy_a' })],
        quarantined: [quarantined('good'), quarantined('bad', { raw: unreadable() })],
      }),
    ).rejects.toThrow()
    expect(await eventIds(store)).toEqual([])
    expect(await standing(store)).toEqual([])
    expect((await store.quarantined({})).items).toEqual([])
  },

  async 'stores what is no JSON as a whole, or not at all'({ store }) {
    for (const [name, raw] of Object.entries({ circular: circular(), bigint: { id: 2n ** 64n } })) {
      const key = `${name}@example.com`
      const stored = await record(store, {
        events: [settled(bounce(`${name}-1`)), settled(bounce(`${name}-2`, { raw }))],
        marks: [suppressing(key, `toy_${name}-1`, { eventId: `toy_${name}-1` })],
        quarantined: [quarantined(name)],
      }).then(
        () => true,
        () => false,
      )
      expect((await eventIds(store)).filter((id) => id.startsWith(name))).toHaveLength(stored ? 2 : 0)
      expect(await standing(store, key)).toEqual(stored ? ['bounce'] : [])
      const kept = (await store.quarantined({})).items.filter((item) => item.id === `toy_${name}`)
      expect(kept).toHaveLength(stored ? 1 : 0)
    }
  },

  async 'takes the rest of a batch when it comes again without the part that failed'({ store }) {
    const good = settled(bounce('good'))
    const marks = [suppressing(KIM, 'toy_good', { eventId: 'toy_good' })]
    const bad = settled(bounce('bad', { raw: unreadable() }))
    await expect(record(store, { events: [good, bad], marks })).rejects.toThrow()
    const result = await record(store, { events: [good], marks })
    expect(result.events).toEqual([{ id: 'toy_good', state: 'new', attempt: 0 }])
    expect(await standing(store)).toEqual(['bounce'])
  },

  async 'fails only the batch that is to blame'({ store }) {
    const outcomes = await Promise.allSettled(
      range(30).map((index) =>
        record(store, {
          now: NOW + index,
          events: [settled(bounce(`e${index}`, index === 17 ? { raw: unreadable() } : {}))],
        }),
      ),
    )
    expect(outcomes.map((outcome) => outcome.status).indexOf('rejected')).toBe(17)
    expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(1)
    expect(await eventIds(store)).toHaveLength(29)
  },
})
