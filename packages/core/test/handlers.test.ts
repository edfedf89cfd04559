import { type Bounce, createBouncy, type MailEvent, memoryStore } from '@bouncy/core'
import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import { keepingLogger, post, toy } from './toy.ts'

const bounce = { type: 'bounce' } as const
const setUp = (options: object = {}) => createBouncy({ providers: [toy()], store: memoryStore(), ...options })

describe('handlers', () => {
  it('hear of each event once, by type and by *, however often it is sent', async () => {
    const bouncy = setUp()
    const heard: string[] = []
    bouncy.on('bounce', (event) => heard.push(`bounce ${event.bounceType}`))
    bouncy.on('*', (event) => heard.push(`* ${event.type}`))
    for (const _ of [1, 2, 3]) await bouncy.receive('toy', post([bounce, { type: 'delivery' }]))
    expect(heard.toSorted()).toEqual(['* bounce', '* delivery', 'bounce hard'])
  })

  it('know their event by its name', () => {
    const bouncy = setUp()
    bouncy.on('bounce', (event) => expectTypeOf(event).toEqualTypeOf<Bounce>())
    bouncy.on('*', (event) => expectTypeOf(event).toEqualTypeOf<MailEvent>())
    // @ts-expect-error there is no such event
    expect(() => bouncy.on('bounced', () => {})).toThrow(/give an event's type/)
    // @ts-expect-error a handler is a function
    expect(() => bouncy.on('bounce', undefined)).toThrow(/give a function/)
    // @ts-expect-error there is no such option
    expect(() => setUp({}).on('click', (event) => event.bounceType)).not.toThrow()
  })

  it('run once for twenty copies at the same time, and all copies wait for the outcome', async () => {
    const bouncy = setUp()
    const handler = vi.fn(() => new Promise((resolve) => setImmediate(resolve)))
    bouncy.on('bounce', handler)
    const replies = await Promise.all(Array.from({ length: 20 }, () => bouncy.receive('toy', post([bounce]))))
    expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([200]))
    expect(handler).toHaveBeenCalledTimes(1)
  })

  it('that throw are asked again at the redelivery, with the attempt, and never after they succeeded', async () => {
    const bouncy = setUp()
    const attempts: number[] = []
    bouncy.on('bounce', (_, { attempt }) => {
      attempts.push(attempt)
      if (attempt < 3) throw new Error('not yet')
    })
    const statuses: number[] = []
    for (const _ of [1, 2, 3, 4]) statuses.push((await bouncy.receive('toy', post([bounce]))).status)
    expect(statuses).toEqual([503, 503, 200, 200])
    expect(attempts).toEqual([1, 2, 3])
  })

  it('that fail for one event do not hold up the others of a batch', async () => {
    const bouncy = setUp({ logger: keepingLogger() })
    const heard: string[] = []
    bouncy.on('bounce', (event) => {
      if (event.recipient.startsWith('poison')) throw new Error('poison')
      heard.push(event.recipient)
    })
    const batch = ['poison@example.com', 'kim@example.com', 'lee@example.com'].map((to) => ({
      ...bounce,
      to,
    }))
    expect((await bouncy.receive('toy', post(batch))).status).toBe(503)
    expect(heard.toSorted()).toEqual(['kim@example.com', 'lee@example.com'])
    expect((await bouncy.receive('toy', post(batch))).status).toBe(503)
    expect(heard).toHaveLength(2)
  })

  it('can be removed, and their failure does not undo what was stored', async () => {
    const bouncy = setUp()
    const off = bouncy.on('bounce', () => {
      throw new Error('always')
    })
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(503)
    expect(await bouncy.isSuppressed('kim@example.com')).toBe(true)
    off()
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(200)
  })

  it('are run by resume for what a failure left behind', async () => {
    const bouncy = setUp()
    let broken = true
    const heard: string[] = []
    bouncy.on('bounce', (event, { attempt }) => {
      if (broken) throw new Error('broken')
      heard.push(`${event.recipient} ${attempt}`)
    })
    const many = Array.from({ length: 250 }, (_, index) => ({ ...bounce, to: `r${index}@example.com` }))
    expect((await bouncy.receive('toy', post(many))).status).toBe(503)
    expect(await bouncy.resume()).toBe(0)
    broken = false
    expect(await bouncy.resume()).toBe(250)
    expect(new Set(heard).size).toBe(250)
    expect(heard[0]).toMatch(/ 3$/)
    expect(await bouncy.resume()).toBe(0)
  })

  it('of another process keep an event to themselves until their lease is over', async () => {
    const store = memoryStore()
    let at = 1_000_000
    const now = () => at
    const crashed = setUp({ store, now })
    crashed.on('bounce', () => new Promise(() => {}))
    void crashed.receive('toy', post([bounce]))
    const other = setUp({ store, now })
    const handler = vi.fn()
    other.on('bounce', handler)
    await vi.waitFor(async () => expect((await store.events({})).items).toHaveLength(1))
    expect((await other.receive('toy', post([bounce]))).status).toBe(503)
    expect(await other.resume()).toBe(0)
    at += 60_001
    expect(await other.resume()).toBe(1)
    expect(handler).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ type: 'bounce' }), {
      attempt: 2,
      signal: expect.any(AbortSignal),
    })
    expect((await other.receive('toy', post([bounce]))).status).toBe(200)
  })

  it('that hang hold up nobody: the others are settled, the lease ends the wait, and closing works', async () => {
    const store = memoryStore()
    const logger = keepingLogger()
    const bouncy = setUp({ store, logger, leaseMs: 100, replyWithinMs: 50 })
    const heard: string[] = []
    let aborted = false
    bouncy.on('bounce', (event, { signal }) => {
      if (!event.recipient.startsWith('hang')) return heard.push(event.recipient)
      signal.addEventListener('abort', () => {
        aborted = true
      })
      return new Promise(() => {})
    })
    const batch = ['a@example.com', 'hang@example.com', 'b@example.com'].map((to) => ({ ...bounce, to }))
    expect((await bouncy.receive('toy', post(batch))).status).toBe(503)
    expect((await bouncy.receive('toy', post(batch))).status).toBe(503)
    await bouncy.close()
    expect(aborted).toBe(true)
    expect(logger.lines.map(({ message }) => message).join()).toContain('took longer than leaseMs')
    expect(heard.toSorted()).toEqual(['a@example.com', 'b@example.com'])
    const left = await store.claim({ now: Number.MAX_SAFE_INTEGER, leaseUntil: 0, limit: 10 })
    expect(left).toMatchObject([{ event: { recipient: 'hang@example.com' } }])
  })
})
