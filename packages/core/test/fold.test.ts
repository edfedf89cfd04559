import { type Folded, foldMarks as foldAdded, type Mark } from '@bouncy/core/store'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const DAY = 86_400_000
const source = '["ses",null]'

const suppress = (at: number, id = `s${at}`, more: object = {}): Mark => ({
  kind: 'suppress',
  at,
  id,
  reason: 'bounce',
  source,
  ...more,
})
const strike = (day: number, id = `k${day}`): Mark => ({
  kind: 'strike',
  at: day * DAY,
  id,
  reason: 'bounce',
  source,
  ledger: 'soft-bounce',
  limit: 3,
  windowMs: 10 * DAY,
  suppressForMs: 20 * DAY,
})
const reset = (day: number): Mark => ({ kind: 'reset', at: day * DAY, ledger: 'soft-bounce' })
const lift = (at: number, more: object = { source }): Mark => ({ kind: 'lift', at, ...more })
const foldMarks = (known: readonly Mark[], marks: readonly Mark[]): Folded =>
  foldAdded(
    known,
    marks.map((mark) => ({ mark })),
  )
const after = (...marks: Mark[]): unknown => foldMarks([], marks).suppressions

describe('foldMarks', () => {
  it('suppresses from the time of the first evidence that still holds', () => {
    expect(after(suppress(2000), suppress(1000))).toEqual([
      { reason: 'bounce', since: '1970-01-01T00:00:01.000Z', eventId: 's1000' },
    ])
    expect(after(suppress(1000), lift(1500), suppress(2000))).toMatchObject([{ eventId: 's2000' }])
  })

  it('counts strikes within the window and pauses after the last of them', () => {
    expect(after(strike(1), strike(2))).toEqual([])
    expect(after(strike(1), strike(2), strike(12))).toEqual([])
    expect(after(strike(1), strike(2), strike(11))).toEqual([
      {
        reason: 'bounce',
        since: new Date(11 * DAY).toISOString(),
        expiresAt: new Date(31 * DAY).toISOString(),
        eventId: 'k11',
      },
    ])
  })

  it('forgets strikes at a delivery, even one that arrives late, and no others', () => {
    expect(after(strike(1), strike(2), reset(3), strike(4))).toEqual([])
    expect(after(strike(1), strike(2), strike(4), reset(3))).toEqual([])
    expect(after(strike(1), strike(2), strike(3), reset(4))).toEqual([])
    expect(after(reset(0), strike(1), strike(2), strike(3))).toHaveLength(1)
  })

  it('lets no delivery undo evidence that suffices alone', () => {
    expect(after(suppress(DAY), reset(5))).toHaveLength(1)
    expect(after(reset(5), suppress(DAY))).toHaveLength(1)
  })

  it('lets a source lift only its own, and only what is older', () => {
    expect(after(suppress(1000), lift(1001))).toEqual([])
    expect(after(suppress(1000), lift(1000))).toHaveLength(1)
    expect(after(lift(2000), suppress(1000))).toEqual([])
    expect(after(suppress(1000), lift(2000, { source: '["ses","other"]' }))).toHaveLength(1)
  })

  it('lets an operator lift everything known, whatever the clocks say, and a later event suppress again', () => {
    const byHand = { actor: 'kim', fresh: true } as const
    const lifted = foldMarks(foldMarks([], [suppress(9000), strike(9)]).marks, [lift(5000, byHand)])
    expect(lifted.suppressions).toEqual([])
    expect(foldMarks(lifted.marks, [suppress(4000, 'late')]).suppressions).toEqual([])
    expect(foldMarks(lifted.marks, [suppress(5001, 'new')]).suppressions).toHaveLength(1)
    const manual: Mark = { kind: 'suppress', at: 1000, id: 'h', reason: 'manual', ...byHand }
    expect(foldMarks(lifted.marks, [manual]).suppressions).toHaveLength(1)
  })

  it('takes marks over from another place without a lift among them becoming a new one', () => {
    const lifted = foldMarks([], [suppress(1000), lift(2000, { actor: 'kim', fresh: true }), suppress(3000)])
    expect(lifted.suppressions).toHaveLength(1)
    expect(foldMarks([], lifted.marks).suppressions).toEqual(lifted.suppressions)
  })

  it('keeps scopes apart', () => {
    const scope = { stream: 'news' }
    expect(after(suppress(1, 'a', { scope }), suppress(1, 'b'))).toHaveLength(2)
    const one = foldMarks([], [suppress(1, 'a', { scope }), suppress(1, 'b')])
    expect(foldMarks(one.marks, [lift(2, { scope, actor: 'kim', fresh: true })]).suppressions).toMatchObject([
      { eventId: 'b' },
    ])
  })

  it('a pause never shortens what lasts', () => {
    expect(after(suppress(1000), suppress(2000, 'p', { expiresAt: 3000 }))).toMatchObject([
      { eventId: 's1000' },
    ])
    expect(after(suppress(1000), suppress(2000, 'p', { expiresAt: 3000 }))).not.toMatchObject([
      { expiresAt: expect.anything() },
    ])
  })

  it('keeps what lasts longest, however much that ends sooner comes after it', () => {
    const pauses = Array.from({ length: 200 }, (_, day) =>
      suppress(day * DAY, `p${day}`, { expiresAt: (day + 7) * DAY }),
    )
    expect(after(suppress(0), ...pauses)).toMatchObject([{ eventId: 's0' }])
    const year = suppress(DAY, 'year', { expiresAt: 365 * DAY })
    const known = foldMarks([], [suppress(0), year, ...pauses]).marks
    expect(known.length).toBeLessThan(100)
    expect(foldMarks(known, [lift(DAY)]).suppressions).toMatchObject([{ eventId: 'year' }])
  })

  it('ends the same with more of one kind than is kept', () => {
    const time = fc.integer({ min: 0, max: 200 })
    const pause = fc
      .tuple(time, fc.constantFrom(1, 7, 30, 365))
      .map(([at, days]) => suppress(at * DAY, `p${at}-${days}`, { expiresAt: (at + days) * DAY }))
    const rare = fc.oneof(
      time.map((at) => suppress(at * DAY)),
      time.map((at) => lift(at * DAY)),
    )
    const marks = fc
      .tuple(fc.array(pause, { minLength: 100, maxLength: 200 }), fc.array(rare, { maxLength: 3 }))
      .map((parts) => parts.flat())
    fc.assert(
      fc.property(
        marks.chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray(all, { minLength: all.length }),
            fc.subarray(all, { maxLength: 20 }),
          ),
        ),
        ([all, shuffled, again]) => {
          const whole = foldMarks([], all)
          expect(foldMarks([], [...shuffled, ...again]).marks).toEqual(whole.marks)
          expect(foldMarks(foldMarks([], shuffled).marks, again).marks).toEqual(whole.marks)
          expect(whole.suppressions.map(({ expiresAt }) => expiresAt)).toEqual(
            model(all).map(({ expiresAt }) => expiresAt),
          )
        },
      ),
      { numRuns: 100, seed: 20261129 },
    )
  })

  it('ends the same whatever the order, the grouping and the repetitions', () => {
    const time = fc.integer({ min: 0, max: 40 })
    const mark = fc.oneof(
      time.map((at) => suppress(at * DAY, `s${at}`)),
      time.map((at) => suppress(at * DAY, `p${at}`, { expiresAt: (at + 5) * DAY })),
      time.map((at) =>
        suppress(at * DAY, `u${at}`, { reason: 'unsubscribe', scope: { stream: 'a' }, source: 'a' }),
      ),
      time.map((at) => strike(at)),
      time.map(reset),
      time.map((at) => lift(at * DAY)),
      time.map((at) => lift(at * DAY, { source: 'a' })),
    )
    fc.assert(
      fc.property(
        fc
          .array(mark, { maxLength: 25 })
          .chain((marks) =>
            fc.tuple(
              fc.constant(marks),
              fc.shuffledSubarray(marks, { minLength: marks.length }),
              fc.subarray(marks),
            ),
          ),
        ([marks, shuffled, again]) => {
          const whole = foldMarks([], marks)
          let bit = foldMarks([], [])
          for (const one of [...shuffled, ...again]) bit = foldMarks(bit.marks, [one])
          expect(bit.suppressions).toEqual(whole.suppressions)
          expect(bit.marks).toEqual(whole.marks)
          const live = liveAfter(marks)
          expect(whole.suppressions.filter(live)).toEqual(model(marks).filter(live))
        },
      ),
      { numRuns: 2000, seed: 20261122 },
    )
  })
})

/** A pause that was over before the last strike may be forgotten or not. */
function liveAfter(marks: readonly Mark[]): (one: { readonly expiresAt?: string }) => boolean {
  const last = Math.max(0, ...marks.filter((mark) => mark.kind === 'strike').map((mark) => mark.at))
  return ({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) >= last
}

/** The rules said once more, over the whole set and without any thrift. */
function model(all: readonly Mark[]): Folded['suppressions'] {
  const marks = [...new Map(all.map((mark) => [JSON.stringify(mark), mark])).values()]
  const lifts = marks.filter((mark) => mark.kind === 'lift')
  const held = (mark: { at: number; source?: string }): boolean =>
    !lifts.some((one) => one.source === mark.source && one.at > mark.at)
  const resetAt = Math.max(-1, ...marks.filter((mark) => mark.kind === 'reset').map((mark) => mark.at))
  const strikes = marks
    .filter((mark) => mark.kind === 'strike')
    .filter((mark) => held(mark) && mark.at > resetAt)
    .sort((a, b) => a.at - b.at)
  const runs = strikes.flatMap((last, index) => {
    const first = strikes[index - 2]
    return first !== undefined && last.at - first.at <= last.windowMs
      ? [{ ...last, expiresAt: last.at + (last.suppressForMs ?? 0) }]
      : []
  })
  const out = runs.slice(-1)
  const evidence = [...marks.filter((mark) => mark.kind === 'suppress').filter(held), ...out]
  const lasts = (mark: { expiresAt?: number }): number => mark.expiresAt ?? Number.POSITIVE_INFINITY
  return (['bounce', 'unsubscribe'] as const).flatMap((reason) => {
    const best = evidence
      .filter((mark) => mark.reason === reason)
      .sort((a, b) => lasts(b) - lasts(a) || a.at - b.at || (a.id < b.id ? -1 : 1))[0]
    if (best === undefined) return []
    const { at, id, expiresAt, scope } = best
    return [
      {
        reason,
        since: new Date(at).toISOString(),
        ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
        ...(scope === undefined ? {} : { scope }),
        eventId: id,
      },
    ]
  })
}
