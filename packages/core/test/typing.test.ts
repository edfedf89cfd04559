import {
  type AutoReply,
  type Bounce,
  type BouncyOptions,
  type Click,
  type Complaint,
  createBouncy,
  type Deferral,
  type Delivery,
  type EventOf,
  type Failure,
  graduatedComplaints,
  type HandlerContext,
  type MailEvent,
  memoryStore,
  type Open,
  pauseInsteadOfSuppress,
  type Reject,
  type Resubscribe,
  type Send,
  suppressionPolicy,
  type Unsubscribe,
} from '@bouncy/core'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { toy } from './toy.ts'

const given = (): BouncyOptions => ({ providers: [toy()], store: memoryStore(), sweepEveryMs: false })

describe('a handler is given the event of its name', () => {
  const bouncy = createBouncy(given())

  it('each type its own', () => {
    bouncy.on('bounce', (event) => expectTypeOf(event).toEqualTypeOf<Bounce>())
    bouncy.on('complaint', (event) => expectTypeOf(event).toEqualTypeOf<Complaint>())
    bouncy.on('delivery', (event) => expectTypeOf(event).toEqualTypeOf<Delivery>())
    bouncy.on('deferral', (event) => expectTypeOf(event).toEqualTypeOf<Deferral>())
    bouncy.on('reject', (event) => expectTypeOf(event).toEqualTypeOf<Reject>())
    bouncy.on('failure', (event) => expectTypeOf(event).toEqualTypeOf<Failure>())
    bouncy.on('send', (event) => expectTypeOf(event).toEqualTypeOf<Send>())
    bouncy.on('open', (event) => expectTypeOf(event).toEqualTypeOf<Open>())
    bouncy.on('click', (event) => expectTypeOf(event).toEqualTypeOf<Click>())
    bouncy.on('unsubscribe', (event) => expectTypeOf(event).toEqualTypeOf<Unsubscribe>())
    bouncy.on('resubscribe', (event) => expectTypeOf(event).toEqualTypeOf<Resubscribe>())
    bouncy.on('autoreply', (event) => expectTypeOf(event).toEqualTypeOf<AutoReply>())
    bouncy.on('*', (event) => expectTypeOf(event).toEqualTypeOf<MailEvent>())
    bouncy.on('bounce', (_, context) => expectTypeOf(context).toEqualTypeOf<HandlerContext>())
    expectTypeOf(bouncy.on('bounce', () => {})).toEqualTypeOf<() => void>()
  })

  it('with the members and the words of that event, and no others', () => {
    bouncy.on('bounce', ({ bounceType }) =>
      expectTypeOf(bounceType).toEqualTypeOf<'hard' | 'soft' | 'undetermined'>(),
    )
    // @ts-expect-error a complaint has no bounceType
    bouncy.on('complaint', (complaint) => complaint.bounceType)
    // @ts-expect-error nor has what may be any event
    bouncy.on('*', (event) => event.bounceType)
    bouncy.on('*', (event) => event.type === 'bounce' && event.bounceType)
    // @ts-expect-error there is no such bounce
    bouncy.on('bounce', ({ bounceType }) => bounceType === 'permanent')
    bouncy.on('bounce', (bounce) => {
      // @ts-expect-error events are not changed
      bounce.recipient = 'kim@example.com'
    })
  })

  it('and a name that is none does not compile', () => {
    // @ts-expect-error it is misspelt
    expect(() => bouncy.on('bounec', () => {})).toThrow()
    expectTypeOf<EventOf<'bounce'>>().toEqualTypeOf<Bounce>()
    expectTypeOf<EventOf<'*'>>().toEqualTypeOf<MailEvent>()
    expectTypeOf<EventOf<'open' | 'click'>>().toEqualTypeOf<Open | Click>()
    // @ts-expect-error it is misspelt
    expectTypeOf<EventOf<'bounec'>>().toBeNever()
  })
})

describe('a wrong option does not compile', () => {
  it('of createBouncy', () => {
    // @ts-expect-error it is maxInFlight
    expect(() => createBouncy({ ...given(), maxInflight: 5 })).toThrow('maxInflight: there is no such option')
    // @ts-expect-error a store is needed
    expect(() => createBouncy({ providers: [toy()] })).toThrow('store')
    // @ts-expect-error a number of milliseconds
    expect(() => createBouncy({ ...given(), leaseMs: '60s' })).toThrow('leaseMs')
    // @ts-expect-error it is attempts
    void ((): object => createBouncy({ ...given(), retry: { attempt: 3 } }))
    // @ts-expect-error it is eventsMs
    void ((): object => createBouncy({ ...given(), retention: { eventMs: 1 } }))
  })

  it('of what is made for it, and asked of it', () => {
    const bouncy = createBouncy(given())
    // @ts-expect-error it takes none
    void ((): object => memoryStore({ limit: 5 }))
    // @ts-expect-error it is softBounce
    void ((): object => suppressionPolicy({ softBounces: { limit: 3 } }))
    // @ts-expect-error it is suppressForMs
    void ((): object => suppressionPolicy({ hardBounce: { suppressForMS: 3 } }))
    // @ts-expect-error there is no such option
    void ((): object => pauseInsteadOfSuppress({ days: 30 }))
    // @ts-expect-error there is no such option
    void ((): object => graduatedComplaints({ days: 30 }))
    const request = new Request('https://example.org/toy')
    // @ts-expect-error it is remoteAddress
    void ((): object => bouncy.fetch(request, { remoteAdress: '192.0.2.7' }))
    // @ts-expect-error it is recipient
    void ((): object => bouncy.events({ address: 'kim@example.com' }))
    // @ts-expect-error a lift has an actor
    void ((): object => bouncy.unsuppress('kim@example.com', { note: 'she asked' }))
    // @ts-expect-error a reason is one of four
    void ((): object => bouncy.suppress({ address: 'kim@example.com', reason: 'blacklisted' }))
  })
})
