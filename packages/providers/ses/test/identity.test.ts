import { parseSesEventBridge, parseSesMessage } from '@bouncy/ses'
import { sesMessages, sesPosts } from '@bouncy/ses/testing'
import { describe, expect, it } from 'vitest'
import { now, posts, provider, read, signer } from './stage.ts'

const idsOf = async (...args: Parameters<typeof read>): Promise<readonly string[]> =>
  (await read(...args)).events.map((event) => event.id)

const messageId = 'message-1'
const feedbackId = 'feedback-1'

describe('the id of an event', () => {
  it.each(['bounce', 'complaint'] as const)('is the same for a %s in both formats', async (type) => {
    const event = await idsOf(posts[type]({ feedbackId, messageId }))
    const identity = await idsOf(posts[type]({ feedbackId, messageId, format: 'identity' }))
    expect(event).toHaveLength(1)
    expect(identity).toEqual(event)
  })

  it('is the same however a delivery came: by two topics, by EventBridge, as a bare message', async () => {
    const message = sesMessages({ now }).delivery({ messageId })
    const otherTopic = 'arn:aws:sns:eu-west-1:111122223333:other'
    const others = sesPosts({ signer, topicArn: otherTopic, now })
    const [id] = await idsOf(posts.message(message))
    expect(await idsOf(others.message(message), { topicArns: [otherTopic] })).toEqual([id])
    expect(parseSesEventBridge({ id: 'e-1', detail: message }).events.map((event) => event.id)).toEqual([id])
    expect(parseSesMessage(message).events.map((event) => event.id)).toEqual([id])
  })

  it('differs by recipient, type, account and what happened', async () => {
    const recipients = ['a@example.com', 'b@example.com']
    const common = { messageId, feedbackId }
    const ids = [
      ...(await idsOf(posts.bounce({ ...common, recipients }))),
      ...(await idsOf(posts.bounce({ ...common, feedbackId: 'feedback-2' }))),
      ...(await idsOf(posts.complaint(common))),
      ...(await idsOf(posts.bounce(common), { name: 'ses-eu' })),
      ...(await idsOf(posts.bounce(common))),
      ...(await idsOf(posts.send(common))),
      ...(await idsOf(posts.reject(common))),
      ...(await idsOf(posts.renderingFailure(common))),
      ...(await idsOf(posts.open(common))),
      ...(await idsOf(posts.open({ ...common, timestamp: '2026-03-04T09:15:59.001Z' }))),
      ...(await idsOf(posts.click(common))),
      ...(await idsOf(posts.click({ ...common, link: 'https://example.com/other' }))),
      ...(await idsOf(posts.deliveryDelay(common))),
      ...(await idsOf(posts.deliveryDelay({ ...common, timestamp: '2026-03-04T09:30:00.000Z' }))),
      ...(await idsOf(posts.delivery(common))),
      ...(await idsOf(posts.delivery({ ...common, messageId: 'message-2' }))),
      ...(await idsOf(posts.subscription(common))),
    ]
    expect(ids).toHaveLength(18)
    expect(new Set(ids).size).toBe(18)
  })

  it('is the same in another spelling of the time', async () => {
    const [id] = await idsOf(posts.open({ messageId, timestamp: '2026-03-04T09:15:59.000Z' }))
    expect(await idsOf(posts.open({ messageId, timestamp: '2026-03-04T10:15:59 +0100' }))).toEqual([id])
  })

  it('stays for ever: these were written down', async () => {
    const times = { messageId, feedbackId, timestamp: '2026-03-04T09:15:59.000Z' }
    const ids = await Promise.all(
      [posts.bounce(times), posts.delivery(times), posts.send(times), posts.click(times)].map((post) =>
        idsOf(post),
      ),
    )
    expect(ids.flat()).toEqual([
      'ses_zF8GqCV-eLGF3K7JgzAxcT',
      'ses_SHJc5HTq8VCUaAXx9XmSbc',
      'ses_52-Jp9qd1JWEyy3Zqehcd_',
      'ses_gjHaOvnP5bQfb8dg0CtBVu',
    ])
  })

  it('falls back to what the transport calls it, then to the text', () => {
    const bare = { eventType: 'Open', open: {}, mail: { destination: ['reader@example.com'] } }
    const id = (event: object) => parseSesEventBridge(event).events[0]?.id
    expect(id({ id: 'one', detail: bare })).toBe(id({ id: 'one', detail: bare }))
    expect(id({ id: 'one', detail: bare })).not.toBe(id({ id: 'two', detail: bare }))
    expect(parseSesMessage(bare).events).toEqual(parseSesMessage({ ...bare }).events)
    expect(parseSesMessage({ ...bare, more: 1 }).events[0]?.id).not.toBe(parseSesMessage(bare).events[0]?.id)
  })

  it('tells two opens apart that come without a time, and knows each again', () => {
    const open = { eventType: 'Open', open: {}, mail: { messageId, destination: ['reader@example.com'] } }
    const id = (event: object) => parseSesEventBridge(event).events[0]?.id
    expect(id({ id: 'one', detail: open })).not.toBe(id({ id: 'two', detail: open }))
    expect(id({ id: 'one', detail: open })).toBe(id({ id: 'one', detail: open }))
  })

  it('is made for a thousand recipients, and for no more', async () => {
    const some = Array.from({ length: 1_000 }, (_, index) => `reader${index}@example.com`)
    expect(new Set(await idsOf(posts.delivery({ recipients: some, destination: [] }))).size).toBe(1_000)
    const { events, quarantined } = await read(
      posts.delivery({ recipients: [...some, 'one@example.com'], destination: [] }),
    )
    expect(events).toEqual([])
    expect(quarantined).toMatchObject([{ reason: 'recipients-too-many' }])
    expect(provider().maxBodyBytes).toBe(1024 * 1024)
  })
})
