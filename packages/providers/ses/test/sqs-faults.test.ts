import { createBouncy, memoryStore } from '@bouncy/core'
import { ses } from '@bouncy/ses'
import { consumeSqs, type SqsConsumer, type SqsConsumerOptions } from '@bouncy/ses/sqs'
import { sesPosts } from '@bouncy/ses/testing'
import { createSnsSigner } from '@bouncy/sns/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Aws, type Call, type Fault, startAws, type TestQueue } from './sqs-stage.ts'

const topicArn = 'arn:aws:sns:us-east-1:111122223333:mail-events'
const signer = createSnsSigner()
const posts = sesPosts({ signer, topicArn })

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

function start(queue: TestQueue, more: Partial<SqsConsumerOptions> = {}) {
  const bouncy = createBouncy({
    providers: [ses({ topicArns: [topicArn], fetch: signer.fetch })],
    store: memoryStore(),
  })
  const lines: Record<string, unknown>[] = []
  const log = (facts: object, message: string) => void lines.push({ ...facts, message })
  const attempts: number[] = []
  bouncy.on('bounce', (_, { attempt }) => void attempts.push(attempt))
  const consumer = consumeSqs({
    bouncy,
    client: aws.client,
    queueUrl: queue.url,
    visibilityTimeoutSeconds: 1,
    waitTimeSeconds: 1,
    retryDelaySeconds: 1,
    logger: { debug: log, info: log, warn: log, error: log },
    ...more,
  })
  running.push(consumer)
  return { bouncy, consumer, lines, attempts }
}

const until = (condition: () => unknown, timeout = 20_000): Promise<void> =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout, interval: 20 })

/** The first calls of an action fail, in this way. */
function failing(queue: TestQueue, action: string, times: number, fault: (call: Call) => Fault): void {
  let left = times
  aws.misbehave(queue, (call) => {
    if (call.action !== action || left === 0) return undefined
    left -= 1
    return fault(call)
  })
}

const error = (status: number, type: string): Fault => ({
  status,
  body: { __type: `com.amazonaws.sqs#${type}`, message: 'no' },
})

describe.concurrent('a queue that fails', () => {
  it.each([
    ['is throttled', error(400, 'RequestThrottled'), 'RequestThrottled'],
    ['is down', error(503, 'ServiceUnavailable'), 'ServiceUnavailable'],
    ['does not exist yet', error(400, 'QueueDoesNotExist'), 'QueueDoesNotExist'],
    ['breaks the connection', 'reset', /ECONNRESET|socket hang up/],
  ] as const)('because it %s is asked again, and what waits in it is taken', async (_, fault, name) => {
    const queue = aws.queue()
    queue.send(posts.bounce().body)
    failing(queue, 'ReceiveMessage', 2, () => fault)
    const { consumer, lines } = start(queue)
    await until(() => consumer.status().error !== undefined)
    await until(() => queue.size() === 0)
    expect(new Set(lines.map(({ code }) => code))).toEqual(new Set(['queue-failed']))
    expect(String(lines[0]?.error)).toMatch(name)
    expect(consumer.status()).toMatchObject({ running: true, taken: 1 })
    expect(consumer.status().error).toBeUndefined()
    expect(consumer.healthy()).toBe(true)
  })

  it('by saying nothing is asked again too, and a stop does not wait for it', async () => {
    const queue = aws.queue()
    queue.send(posts.bounce().body)
    failing(queue, 'ReceiveMessage', 1, () => 'silence')
    const { consumer, lines } = start(queue)
    await until(() => queue.size() === 0, 25_000)
    expect(lines).toMatchObject([{ code: 'queue-failed', error: 'Error: no answer within 11000 ms' }])

    aws.misbehave(queue, ({ action }) => (action === 'ReceiveMessage' ? 'silence' : undefined))
    const asked = aws.callsOf('ReceiveMessage', queue).length
    await until(() => aws.callsOf('ReceiveMessage', queue).length > asked)
    const started = performance.now()
    await consumer.stop()
    expect(performance.now() - started).toBeLessThan(1_000)
  })

  it('in the client itself leaves no rejection to the process where it is stopped at once', async () => {
    const stray: unknown[] = []
    const listen = (reason: unknown): void => void stray.push(reason)
    process.on('unhandledRejection', listen)
    const send = (): never => {
      throw new Error('the client was destroyed')
    }
    const { consumer } = start(aws.queue(), { client: { send } })
    await consumer.stop()
    await new Promise(setImmediate)
    process.off('unhandledRejection', listen)
    expect(stray).toEqual([])
  })

  it('for longer than a minute makes the consumer unhealthy, until it answers again', async () => {
    const queue = aws.queue()
    let time = Date.parse('2026-03-04T09:16:00.000Z')
    const { consumer } = start(queue, { now: () => time })
    await until(() => consumer.status().lastAnswerAt !== undefined)
    expect(consumer.healthy()).toBe(true)
    aws.misbehave(queue, () => error(503, 'ServiceUnavailable'))
    await until(() => consumer.status().error !== undefined)
    time += 61_000
    expect(consumer.healthy()).toBe(true)
    time += 1
    expect(consumer.healthy()).toBe(false)
    expect(consumer.status()).toMatchObject({ running: true, lastAnswerAt: '2026-03-04T09:16:00.000Z' })
    aws.misbehave(queue, () => undefined)
    await until(() => consumer.healthy())
    expect(consumer.status().error).toBeUndefined()
  })

  it('from the start is given a minute, too', () => {
    const queue = aws.queue()
    let time = 0
    aws.misbehave(queue, () => error(503, 'ServiceUnavailable'))
    const { consumer } = start(queue, { now: () => time })
    time = 61_000
    expect(consumer.healthy()).toBe(true)
    time = 61_001
    expect(consumer.healthy()).toBe(false)
  })
})

describe.concurrent('a logger that throws', () => {
  const boom = (): never => {
    throw new Error('the disk is full')
  }
  const logger = { debug: boom, info: boom, warn: boom, error: boom }

  it('does not end a consumer whose queue fails', async () => {
    const queue = aws.queue()
    queue.send(posts.bounce().body)
    failing(queue, 'ReceiveMessage', 2, () => error(503, 'ServiceUnavailable'))
    const { consumer } = start(queue, { logger })
    await until(() => queue.size() === 0)
    expect(consumer.status()).toMatchObject({ running: true, taken: 1 })
    expect(consumer.healthy()).toBe(true)
    await expect(consumer.stop()).resolves.toBeUndefined()
    expect(consumer.healthy()).toBe(false)
  })

  it('leaves no rejection to the process while the time of a message cannot be extended', async () => {
    const queue = aws.queue()
    queue.send(posts.bounce().body)
    aws.misbehave(queue, ({ action }) => (action === 'ChangeMessageVisibilityBatch' ? 'reset' : undefined))
    const { bouncy, consumer, attempts } = start(queue, { logger })
    bouncy.on('bounce', () => until(() => aws.callsOf('ChangeMessageVisibilityBatch', queue).length > 1))
    await until(() => queue.size() === 0)
    expect(attempts).toEqual([1])
    expect(consumer.healthy()).toBe(true)
    await expect(consumer.stop()).resolves.toBeUndefined()
  })
})

describe.concurrent('a message that was stored', () => {
  const failed = (call: Call, entry: object, ids: (index: number) => boolean): Fault => {
    const entries = (call.body.Entries as { Id: string }[]).map(({ Id }) => Id)
    const body = {
      Failed: entries.filter((_, index) => ids(index)).map((Id) => ({ Id, ...entry })),
      Successful: [],
    }
    return { status: 200, body }
  }

  it('is deleted in the end where deleting fails for a part of the batch, and only that part is tried again', async () => {
    const queue = aws.queue()
    queue.send(
      ...['a', 'b', 'c', 'd'].map((name) => posts.bounce({ recipients: [`${name}@example.com`] }).body),
    )
    const internal = { Code: 'InternalError', SenderFault: false }
    failing(queue, 'DeleteMessageBatch', 2, (call) => failed(call, internal, (index) => index % 2 === 1))
    const { attempts, lines } = start(queue, { visibilityTimeoutSeconds: 30 })
    await until(() => aws.callsOf('DeleteMessageBatch', queue).length === 3)
    const handles = aws
      .callsOf('DeleteMessageBatch', queue)
      .map(({ body }) => (body.Entries as { ReceiptHandle: string }[]).map((entry) => entry.ReceiptHandle))
    expect(handles.map((batch) => batch.length)).toEqual([4, 2, 1])
    expect(handles[1]).toEqual([handles[0]?.[1], handles[0]?.[3]])
    expect(handles[2]).toEqual([handles[1]?.[1]])
    expect(attempts).toEqual([1, 1, 1, 1])
    expect(lines).toEqual([])
  })

  it.each(['reset', error(503, 'ServiceUnavailable')] as const)(
    'is deleted in the end where deleting fails as a whole (%j)',
    async (fault) => {
      const queue = aws.queue()
      queue.send(posts.bounce().body)
      failing(queue, 'DeleteMessageBatch', 2, () => fault)
      const { attempts } = start(queue, { visibilityTimeoutSeconds: 30 })
      await until(() => queue.size() === 0)
      expect(attempts).toEqual([1])
      expect(aws.callsOf('DeleteMessageBatch', queue)).toHaveLength(3)
    },
  )

  it('and cannot be deleted comes again, and is known', async () => {
    const queue = aws.queue()
    queue.send(posts.bounce().body)
    const stale = { Code: 'ReceiptHandleIsInvalid', SenderFault: true }
    failing(queue, 'DeleteMessageBatch', 1, (call) => failed(call, stale, () => true))
    const { bouncy, consumer, attempts, lines } = start(queue)
    await until(() => queue.size() === 0)
    expect(attempts).toEqual([1])
    expect((await bouncy.events()).items).toHaveLength(1)
    expect(consumer.status().taken).toBe(2)
    expect(lines).toMatchObject([
      { code: 'queue-failed', error: 'ReceiptHandleIsInvalid', id: expect.any(String) },
    ])
  })

  it('is handled and deleted though its time could not be extended', async () => {
    const queue = aws.queue()
    queue.send(posts.bounce().body)
    aws.misbehave(queue, ({ action }) => (action === 'ChangeMessageVisibilityBatch' ? 'reset' : undefined))
    const { bouncy, lines, attempts } = start(queue)
    bouncy.on('bounce', () => until(() => lines.length > 0))
    await until(() => queue.size() === 0)
    expect(attempts).toEqual([1])
    expect(lines[0]).toMatchObject({ code: 'queue-failed', provider: 'ses' })
  })
})
