import type { AuditEntry } from '@bouncy/core'
import { expect } from 'vitest'
import { casesOf, type StoreCase } from './case.ts'
import {
  bounce,
  iso,
  lifting,
  MINUTE,
  NOW,
  padded,
  range,
  record,
  settled,
  strike,
  suppressing,
  walk,
} from './data.ts'

const KIM = 'kim@example.com'

const told = (items: readonly AuditEntry[]): readonly string[] =>
  items.map(({ address, change }) => `${address.split('@')[0]} ${change}`)

/** The trail of what changed in the list. */
export const auditCases: readonly StoreCase[] = casesOf('audit', {
  async 'tells what changed, when, and by which event'({ store }) {
    await record(store, {
      now: NOW + 7,
      events: [settled(bounce('a'))],
      marks: [
        suppressing(KIM, 'toy_a', {
          eventId: 'toy_a',
          reason: 'unsubscribe',
          scope: { stream: 'news' },
          expiresAt: NOW + MINUTE,
        }),
      ],
    })
    expect((await store.audit({})).items).toEqual([
      {
        at: iso(NOW + 7),
        address: KIM,
        change: 'suppressed',
        reason: 'unsubscribe',
        scope: { stream: 'news' },
        expiresAt: iso(NOW + MINUTE),
        eventId: 'toy_a',
      },
    ])
  },

  async 'tells who did it by hand, and why'({ store }) {
    const { mark } = suppressing(KIM, 'by-hand', { reason: 'manual', actor: 'ann', note: 'asked for it 💌' })
    await record(store, { marks: [{ key: KIM, mark }] })
    await record(store, {
      now: NOW + 1,
      marks: [lifting(KIM, { at: NOW + 1, actor: 'max', note: 'called' })],
    })
    expect((await store.audit({})).items).toEqual([
      {
        at: iso(NOW + 1),
        address: KIM,
        change: 'lifted',
        reason: 'manual',
        actor: 'max',
        note: 'called',
      },
      {
        at: iso(NOW),
        address: KIM,
        change: 'suppressed',
        reason: 'manual',
        actor: 'ann',
        note: 'asked for it 💌',
      },
    ])
  },

  async 'tells nothing where nothing changed'({ store }) {
    const marks = [suppressing(KIM, 'toy_a', { eventId: 'toy_a' })]
    const events = [settled(bounce('a'))]
    for (const _ of range(3)) await record(store, { events, marks })
    await record(store, { marks: [suppressing(KIM, 'toy_b', { at: NOW + 1 })] })
    await record(store, { marks: [strike('ann@example.org', 's1', NOW), lifting('max@example.org')] })
    expect(told((await store.audit({})).items)).toEqual(['kim suppressed'])
  },

  async 'tells each change of a batch, the last of them first'({ store }) {
    await record(store, {
      marks: [
        suppressing(KIM, 'toy_a', { expiresAt: NOW + MINUTE }),
        suppressing(KIM, 'toy_b', { at: NOW + 1, expiresAt: NOW + 2 * MINUTE }),
        lifting(KIM, { at: NOW + 2 }),
      ],
    })
    expect(told((await store.audit({})).items)).toEqual(['kim lifted', 'kim changed', 'kim suppressed'])
  },

  async 'lists newest first, of one address or all'({ store }) {
    for (const [index, name] of ['ann', 'kim', 'ann', 'max'].entries()) {
      const key = `${name}@example.com`
      const scope = { stream: `s${index}` }
      await record(store, { now: NOW + index, marks: [suppressing(key, `toy_${index}`, { scope })] })
    }
    const { items } = await store.audit({})
    expect(items.map(({ at }) => at)).toEqual([3, 2, 1, 0].map((index) => iso(NOW + index)))
    expect(told(items)).toEqual(['max suppressed', 'ann suppressed', 'kim suppressed', 'ann suppressed'])
    const ann = (await store.audit({ address: 'ann@example.com' })).items
    expect(ann.map(({ scope }) => scope?.stream)).toEqual(['s2', 's0'])
    expect((await store.audit({ address: 'nobody@example.com' })).items).toEqual([])
  },

  async 'lists every change once, page by page'({ store }) {
    await record(store, {
      marks: range(23).map((index) => suppressing(`${padded(index)}@example.com`, `toy_${index}`)),
    })
    await record(store, { now: NOW + 1, marks: [lifting('000003@example.com', { at: NOW + 1 })] })
    const all = (await store.audit({ limit: 1000 })).items
    expect(all).toHaveLength(24)
    expect(told(all)[0]).toBe('000003 lifted')
    for (const limit of [1, 5, 23, 24, 25]) {
      const walked = await walk((cursor) => store.audit({ limit, ...cursor }))
      expect(walked, `pages of ${limit}`).toEqual(all)
      const one = await walk((cursor) => store.audit({ address: '000003@example.com', limit: 1, ...cursor }))
      expect(told(one)).toEqual(['000003 lifted', '000003 suppressed'])
    }
  },

  async 'goes on where it was, though the list changes in between'({ store }) {
    await record(store, {
      marks: range(9).map((index) => suppressing(`${padded(index)}@example.com`, `toy_${index}`)),
    })
    const before = (await store.audit({})).items
    const walked = await walk(
      (cursor) => store.audit({ limit: 2, ...cursor }),
      async (pages) => {
        await record(store, { now: NOW + pages, marks: [suppressing(`later${pages}@example.com`, 'toy_x')] })
      },
    )
    expect(walked).toEqual(before)
  },

  async 'loses no change when many are made at once'({ store }) {
    const streams = range(50).map((index) => `s${padded(index)}`)
    await Promise.all(
      streams.map((stream) =>
        record(store, { marks: [suppressing(KIM, `toy_${stream}`, { scope: { stream } })] }),
      ),
    )
    const { items } = await store.audit({ address: KIM, limit: 1000 })
    expect(items.map(({ scope }) => scope?.stream).sort()).toEqual(streams)
  },

  async 'lists fifty unless told otherwise'({ store }) {
    await record(store, {
      marks: range(60).map((index) => suppressing(`${padded(index)}@example.com`, `toy_${index}`)),
    })
    expect((await store.audit({})).items).toHaveLength(50)
  },
})
