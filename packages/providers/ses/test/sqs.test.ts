import { type BouncyOptions, createBouncy, type Logger, memoryStore, type Store } from '@bouncy/core'
import { type SesOptions, ses } from '@bouncy/ses'
import { consumeSqs, type SqsConsumer, type SqsConsumerOptions } from '@bouncy/ses/sqs'
import { sesMessages, sesPosts } from '@bouncy/ses/testing'
import { createSnsSigner, envelopeOf } from '@bouncy/sns/testing'
import { toWebhookRequest } from '@bouncy/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Aws, startAws, type TestQueue } from './sqs-stage.ts'

const DAY = 86_400_000
const topicArn = 'arn:aws:sns:us-east-1:111122223333:mail-events'
const signer = createSnsSigner()
const posts = sesPosts({ signer, topicArn })
const oldPosts = sesPosts({ signer, topicArn, now: () => Date.now() - 10 * DAY })
const messages = sesMessages()
const address = (index: number): string => `reader${index}@example.com`
const bounce = (index: number): string => posts.bounce({ recipients: [address(index)] }).body

// most of the time is the queue's: a second is the shortest for which it hides anything
vi.setConfig({ testTimeout: 60_000 })

let aws: Aws
beforeAll(async () => {
  aws = await startAws()
})
const running: SqsConsumer[] = []
afterAll(async () => {
  await Promise.all(running.map((consumer) => consumer.stop()))
  await aws.stop()
})

/** A receiver, and consumers for it that are stopped in the end. */
function receiver(options: Partial<SesOptions> & Partial<BouncyOptions> = {}) {
  const { store = memoryStore(), replyWithinMs = 8_000, ...sesOptions } = options
  const lines: Record<string, unknown>[] = []
  const log = (facts: object, message: string) => void lines.push({ ...facts, message })
  const logger: Logger = { debug: log, info: log, warn: log, error: log }
  const bouncy = createBouncy({
    providers: [ses({ topicArns: [topicArn], fetch: signer.fetch, ...sesOptions })],
    store,
    replyWithinMs,
  })
  const consume = (queue: TestQueue, more: Partial<SqsConsumerOptions> = {}): SqsConsumer => {
    const consumer = consumeSqs({
      bouncy,
      client: aws.client,
      queueUrl: queue.url,
      visibilityTimeoutSeconds: 1,
      waitTimeSeconds: 1,
      retryDelaySeconds: 1,
      logger,
      ...more,
    })
    running.push(consumer)
    return consumer
  }
  const recipients = async () =>
    (await bouncy.events({ limit: 1000 })).items.map(({ recipient }) => recipient).sort()
  return { bouncy, consume, lines, recipients }
}

const until = (condition: () => unknown, timeout = 20_000): Promise<void> =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout, interval: 20 })

/** A gate that handlers wait at. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { wait: () => promise, open: resolve }
}

describe.concurrent('messages of SNS in a queue', () => {
  it('are stored, handled and deleted, ten at a time', async () => {
    const { bouncy, consume, recipients } = receiver()
    const handled: string[] = []
    bouncy.on('bounce', ({ recipient }) => void handled.push(recipient))
    const queue = aws.queue()
    const all = Array.from({ length: 25 }, (_, index) => index)
    queue.send(...all.map(bounce))
    const consumer = consume(queue)
    await until(() => queue.size() === 0)
    expect(await recipients()).toEqual(all.map(address).sort())
    expect(handled.sort()).toEqual(all.map(address).sort())
    expect(await bouncy.isSuppressed(address(7))).toBe(true)
    expect(consumer.status()).toMatchObject({ running: true, inFlight: 0, taken: 25, retried: 0, refused: 0 })
    const sizes = aws.callsOf('DeleteMessageBatch', queue).map(({ body }) => (body.Entries as []).length)
    expect(sizes).toEqual([10, 10, 5])
    expect(aws.callsOf('ReceiveMessage', queue)[0]?.body).toMatchObject({
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 1,
      VisibilityTimeout: 1,
    })
  })

  it('are taken however long they waited, which over HTTP is refused', async () => {
    const { bouncy, consume, recipients } = receiver()
    const old = oldPosts.bounce()
    expect((await bouncy.receive('ses', toWebhookRequest(old))).status).toBe(403)
    const queue = aws.queue()
    queue.send(old.body)
    consume(queue)
    await until(() => queue.size() === 0)
    expect(queue.dead()).toEqual([])
    expect(await recipients()).toEqual(['reader@example.com'])
  })

  it('count once, whichever way and however often they come', async () => {
    const { bouncy, consume } = receiver()
    const attempts: number[] = []
    bouncy.on('*', (_, { attempt }) => void attempts.push(attempt))
    const same = { recipients: ['gone@example.com'], feedbackId: 'f-1', messageId: 'm-1' }
    const post = posts.bounce(same)
    const queue = aws.queue()
    queue.send(post.body, post.body, messages.bounce(same), post.body)
    consume(queue, { raw: true })
    await until(() => queue.size() === 0)
    expect((await bouncy.receive('ses', toWebhookRequest(post))).status).toBe(200)
    expect((await bouncy.events()).items).toHaveLength(1)
    expect(attempts).toEqual([1])
  })

  it('that are forged, malformed or of another topic go to the dead-letter queue; the rest is taken', async () => {
    const { consume, recipients, lines } = receiver()
    const other = 'arn:aws:sns:us-east-1:444455556666:mail-events'
    const wrong = [
      JSON.stringify({ ...envelopeOf(posts.bounce()), Message: JSON.stringify(messages.bounce()) }),
      sesPosts({ signer, topicArn: other }).bounce().body,
      JSON.stringify({
        ...envelopeOf(sesPosts({ signer: createSnsSigner(), topicArn }).bounce()),
        SigningCertURL: signer.certificateUrl(topicArn),
      }),
      posts.bounce().body.slice(0, 200),
      'no JSON',
    ]
    const queue = aws.queue({ maxReceiveCount: 2 })
    queue.send(...wrong, bounce(1))
    const consumer = consume(queue)
    await until(() => queue.dead().length === wrong.length)
    expect([...queue.dead()].sort()).toEqual([...wrong].sort())
    expect(queue.size()).toBe(0)
    expect(await recipients()).toEqual([address(1)])
    expect(consumer.status()).toMatchObject({ taken: 1, refused: 2 * wrong.length })
    const refused = lines.filter(({ code }) => code === 'message-refused')
    expect(refused[0]).toMatchObject({ provider: 'ses', id: expect.any(String), received: 1, status: 403 })
    expect(JSON.stringify(lines)).not.toMatch(/reader|example\.com/)
  })

  it('that are larger than allowed are refused, and named for what they are', async () => {
    const { consume, lines } = receiver({ limits: { maxBytes: 4_000 } })
    const queue = aws.queue({ maxReceiveCount: 1 })
    const large = 'x'.repeat(4_001)
    queue.send(large)
    const consumer = consume(queue)
    await until(() => queue.dead().length === 1)
    expect(consumer.status()).toMatchObject({ retried: 0, refused: 1 })
    expect(lines).toMatchObject([{ code: 'message-refused', status: 413 }])
  })

  it('that no signature was made for are refused, though SNS wrapped them', async () => {
    const { consume, recipients } = receiver()
    const queue = aws.queue({ maxReceiveCount: 1 })
    aws.fauxqs.createTopic('unsigned')
    aws.fauxqs.subscribe({ topic: 'unsigned', queue: queue.name })
    aws.fauxqs.publish('unsigned', JSON.stringify(messages.bounce()))
    consume(queue, { raw: true })
    await until(() => queue.dead().length === 1)
    expect(await recipients()).toEqual([])
  })

  it('confirm the subscription of a queue in another account', async () => {
    const { consume } = receiver()
    const queue = aws.queue()
    const asked = signer.requests.length
    queue.send(posts.subscriptionConfirmation().body)
    consume(queue)
    await until(() => queue.size() === 0)
    expect(signer.requests.slice(asked).filter((url) => url.includes('ConfirmSubscription'))).toHaveLength(1)
  })

  it('need no credentials, which are those of the subscription over HTTP', async () => {
    const { bouncy, consume, recipients } = receiver({
      basicAuth: [{ username: 'hook', password: 'secret' }],
    })
    const post = posts.bounce()
    expect((await bouncy.receive('ses', toWebhookRequest(post))).status).toBe(401)
    const queue = aws.queue()
    queue.send(post.body)
    consume(queue)
    await until(() => queue.size() === 0)
    expect(await recipients()).toEqual(['reader@example.com'])
  })
})

describe.concurrent('messages without a signature', () => {
  it('are refused unless they are wanted, and left to the redrive policy', async () => {
    const { bouncy, consume, recipients } = receiver()
    const queue = aws.queue({ maxReceiveCount: 1 })
    queue.send(messages.bounce(), { 'detail-type': 'Email Bounced', detail: messages.bounce() })
    consume(queue)
    await until(() => queue.dead().length === 2)
    expect(await recipients()).toEqual([])
    expect((await bouncy.quarantined()).items).toEqual([])
  })

  it('come from SNS with raw message delivery', async () => {
    const { bouncy, consume } = receiver()
    const queue = aws.queue()
    aws.fauxqs.createTopic('raw')
    aws.fauxqs.subscribe({ topic: 'raw', queue: queue.name, attributes: { RawMessageDelivery: 'true' } })
    aws.fauxqs.publish('raw', JSON.stringify(messages.complaint()))
    aws.fauxqs.publish('raw', 'Successfully validated SNS topic for Amazon SES event publishing.')
    consume(queue, { raw: true })
    await until(() => queue.size() === 0)
    expect((await bouncy.events()).items).toMatchObject([
      { type: 'complaint', recipient: 'reader@example.com' },
    ])
    expect((await bouncy.quarantined()).items).toEqual([])
  })

  it('come from EventBridge, and beside signed ones', async () => {
    const { bouncy, consume, recipients } = receiver()
    const queue = aws.queue()
    const { eventType: _, ...detail } = messages.bounce({ recipients: ['kim@example.com'] })
    const event = { version: '0', id: 'e-1', source: 'aws.ses', 'detail-type': 'Email Bounced' }
    queue.send({ ...event, detail }, { ...event, 'detail-type': 'Bounce', detail }, bounce(3))
    consume(queue, { raw: true })
    await until(() => queue.size() === 0)
    expect(await recipients()).toEqual(['kim@example.com', address(3)])
    expect((await bouncy.quarantined()).items).toHaveLength(1)
  })

  it('get the time of the queue where SES gives none', async () => {
    const { bouncy, consume } = receiver()
    const queue = aws.queue()
    const before = new Date().toISOString()
    queue.send({ eventType: 'Send', mail: { messageId: 'm', destination: ['reader@example.com'] } })
    consume(queue, { raw: true })
    await until(() => queue.size() === 0)
    const [event] = (await bouncy.events()).items
    expect(event?.timestampFrom).toBeUndefined()
    expect(String(event?.timestamp) >= before).toBe(true)
  })

  it('are never taken over HTTP, whatever they say, while a consumer takes them from its queue', async () => {
    const { bouncy, consume } = receiver()
    consume(aws.queue(), { raw: true })
    const body = JSON.stringify(messages.bounce())
    const headers = { 'x-amz-sns-rawdelivery': 'true', queued: 'true', raw: 'true' }
    const reply = await bouncy.fetch(new Request('http://host/sqs/ses', { method: 'POST', headers, body }))
    expect(reply.status).toBe(403)
    const copy = { ...toWebhookRequest({ method: 'POST', headers: {}, body }), url: '/sqs' }
    expect((await bouncy.receive('ses', copy)).status).toBe(400)
  })
})

describe.concurrent('what cannot be handled or stored', () => {
  it('comes again after a while, longer each time, and is deleted once it was handled', async () => {
    const { bouncy, consume } = receiver()
    const attempts: number[] = []
    bouncy.on('bounce', (_, { attempt }) => {
      attempts.push(attempt)
      if (attempt < 3) throw new Error('not yet')
    })
    const queue = aws.queue()
    queue.send(bounce(1))
    const consumer = consume(queue, { visibilityTimeoutSeconds: 30 })
    await until(() => queue.size() === 0)
    expect(attempts).toEqual([1, 2, 3])
    const seconds = aws
      .callsOf('ChangeMessageVisibilityBatch', queue)
      .map(({ body }) => (body.Entries as { VisibilityTimeout: number }[])[0]?.VisibilityTimeout)
    expect(seconds).toEqual([1, 2])
    expect(consumer.status()).toMatchObject({ taken: 1, retried: 2, refused: 0 })
  })

  it('for ever goes to the dead-letter queue and holds up nothing', async () => {
    const { bouncy, consume, recipients } = receiver()
    const handled = new Set<string>()
    bouncy.on('bounce', ({ recipient }) => {
      if (recipient === address(0)) throw new Error('never')
      handled.add(recipient)
    })
    const queue = aws.queue({ maxReceiveCount: 2 })
    const poison = bounce(0)
    queue.send(poison, ...[1, 2, 3].map(bounce))
    consume(queue)
    await until(() => handled.size === 3 && queue.size() === 1, 3_000)
    queue.send(bounce(4))
    await until(() => handled.size === 4)
    await until(() => queue.dead().length === 1)
    expect(queue.dead()).toEqual([poison])
    expect(queue.size()).toBe(0)
    expect(await recipients()).toEqual([0, 1, 2, 3, 4].map(address))
  })

  it('is never deleted while the store is down, and little of it is received', async () => {
    const whole = memoryStore()
    let down = true
    const store: Store = {
      ...whole,
      record: async (batch) => {
        if (down) throw new Error('the disk is full')
        return whole.record(batch)
      },
    }
    const { consume, recipients } = receiver({ store })
    const queue = aws.queue({ maxReceiveCount: 4 })
    const all = Array.from({ length: 40 }, (_, index) => index)
    queue.send(...all.map(bounce))
    const consumer = consume(queue)
    await until(() => consumer.status().retried >= 20)
    expect(queue.size()).toBe(40)
    expect(consumer.status().taken).toBe(0)
    const [first, second] = aws.callsOf('ReceiveMessage', queue)
    expect(Number(second?.at) - Number(first?.at)).toBeGreaterThan(900)
    down = false
    await until(() => queue.size() === 0, 20_000)
    expect(queue.dead()).toEqual([])
    expect(await recipients()).toEqual(all.map(address).sort())
  })

  it('in time is left and comes again, when its work is done', async () => {
    const { bouncy, consume } = receiver({ replyWithinMs: 300 })
    const { wait, open } = gate()
    const attempts: number[] = []
    bouncy.on('bounce', async (_, { attempt }) => {
      attempts.push(attempt)
      await wait()
    })
    const queue = aws.queue()
    queue.send(bounce(1))
    const consumer = consume(queue)
    await until(() => consumer.status().retried > 0)
    expect(queue.size()).toBe(1)
    open()
    await until(() => queue.size() === 0)
    expect(attempts).toEqual([1])
  })

  it('because of a wrong provider name is nobody else’s fault: it stays, and is said', async () => {
    const { consume, lines } = receiver()
    const queue = aws.queue()
    queue.send(bounce(1))
    const consumer = consume(queue, { provider: 'ses-eu' })
    await until(() => consumer.status().retried === 1)
    expect(queue.size()).toBe(1)
    expect(consumer.status().refused).toBe(0)
    expect(lines).toMatchObject([{ code: 'provider-missing', provider: 'ses-eu', status: 404 }])
  })
})

describe.concurrent('a message that is being worked on', () => {
  it('stays hidden from other consumers for as long as it takes', async () => {
    const { bouncy, consume } = receiver()
    const attempts: number[] = []
    const { wait, open } = gate()
    bouncy.on('bounce', async (_, { attempt }) => {
      attempts.push(attempt)
      await wait()
    })
    const queue = aws.queue()
    queue.send(bounce(1))
    const first = consume(queue, { visibilityTimeoutSeconds: 2 })
    await until(() => attempts.length === 1)
    const second = consume(queue)
    await until(() => aws.callsOf('ChangeMessageVisibilityBatch', queue).length >= 4)
    expect(queue.hidden()).toBe(1)
    open()
    await until(() => queue.size() === 0)
    expect(attempts).toEqual([1])
    expect([first.status().taken, second.status().taken]).toEqual([1, 0])
    const renewed = aws.callsOf('ChangeMessageVisibilityBatch', queue).length
    const polls = aws.callsOf('ReceiveMessage', queue).length
    await until(() => aws.callsOf('ReceiveMessage', queue).length >= polls + 4)
    expect(aws.callsOf('ChangeMessageVisibilityBatch', queue)).toHaveLength(renewed)
  })

  it('is one of ten for each batch that may be worked on at once', async () => {
    for (const [concurrency, expected] of [
      [1, 10],
      [2, 20],
    ] as const) {
      const { bouncy, consume } = receiver()
      const { wait, open } = gate()
      let working = 0
      bouncy.on('bounce', async () => {
        working += 1
        await wait()
      })
      const queue = aws.queue()
      queue.send(...Array.from({ length: 25 }, (_, index) => bounce(index)))
      const consumer = consume(queue, { concurrency, visibilityTimeoutSeconds: 2 })
      await until(() => working === expected)
      await until(() => aws.callsOf('ChangeMessageVisibilityBatch', queue).length >= 2)
      expect(working).toBe(expected)
      expect(consumer.status().inFlight).toBe(expected)
      expect(queue.hidden()).toBe(expected)
      open()
      await until(() => queue.size() === 0)
      await consumer.stop()
    }
  })
})

describe.concurrent('stopping', () => {
  it('finishes what is under way, deletes it, and waits for no further message', async () => {
    const { bouncy, consume } = receiver()
    const { wait, open } = gate()
    bouncy.on('bounce', wait)
    const queue = aws.queue()
    queue.send(bounce(1))
    const consumer = consume(queue, { waitTimeSeconds: 20, concurrency: 2 })
    await until(() => consumer.status().inFlight === 1)
    let stopped = false
    const stopping = consumer.stop().then(() => {
      stopped = true
    })
    expect(consumer.status().running).toBe(false)
    expect(consumer.healthy()).toBe(false)
    await until(() => aws.callsOf('ChangeMessageVisibilityBatch', queue).length > 0)
    expect(stopped).toBe(false)
    const started = performance.now()
    open()
    await stopping
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(queue.size()).toBe(0)
    expect(consumer.status()).toMatchObject({ inFlight: 0, taken: 1 })
    await consumer.stop()
    const received = aws.callsOf('ReceiveMessage', queue).length
    queue.send(bounce(2))
    await bouncy.close()
    expect(aws.callsOf('ReceiveMessage', queue)).toHaveLength(received)
  })

  it('can be asked for by a signal, even before the start', async () => {
    const { consume } = receiver()
    const controller = new AbortController()
    const queue = aws.queue()
    const consumer = consume(queue, { signal: controller.signal, waitTimeSeconds: 20 })
    await until(() => aws.callsOf('ReceiveMessage', queue).length === 1)
    controller.abort()
    expect(consumer.status().running).toBe(false)
    await consumer.stop()
    const late = consume(queue, { signal: controller.signal })
    expect(late.status().running).toBe(false)
    await late.stop()
    expect(aws.callsOf('ReceiveMessage', queue)).toHaveLength(1)
  })
})
