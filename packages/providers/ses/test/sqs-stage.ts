import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SQSClient } from '@aws-sdk/client-sqs'
import { type FauxqsServer, startFauxqs } from 'fauxqs'

/** A call of the queue's API. */
export interface Call {
  readonly action: string
  readonly body: Readonly<Record<string, unknown>>
  /** When it came, by `performance.now()`. */
  readonly at: number
}

/** What is answered in the place of the queue: an answer, a broken connection, or nothing at all. */
export type Fault = { readonly status: number; readonly body: object } | 'reset' | 'silence'

/** A queue with a dead-letter queue behind it. */
export interface TestQueue {
  readonly name: string
  readonly url: string
  /** Puts messages in; an object as JSON. @returns their ids */
  send(...bodies: readonly (string | object)[]): readonly string[]
  /** How many messages there are, hidden ones included. */
  size(): number
  hidden(): number
  /** The bodies that the redrive policy moved away. */
  dead(): readonly string[]
}

/** SQS and SNS over HTTP, behind a proxy that sees every call and can be told to misbehave. */
export interface Aws {
  readonly fauxqs: FauxqsServer
  readonly endpoint: string
  readonly client: SQSClient
  readonly calls: readonly Call[]
  /** Calls of one action on one queue. */
  callsOf(action: string, queue: TestQueue): readonly Call[]
  /** Asked before each call on a queue; what it returns is answered instead. */
  misbehave(queue: TestQueue, fault: (call: Call) => Fault | undefined): void
  queue(options?: { readonly maxReceiveCount?: number }): TestQueue
  stop(): Promise<void>
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

export async function startAws(): Promise<Aws> {
  const fauxqs = await startFauxqs({ port: 0, logger: false })
  const calls: Call[] = []
  const faults = new Map<unknown, (call: Call) => Fault | undefined>()
  let queues = 0

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = Buffer.concat(await incoming.toArray())
    const action = String(incoming.headers['x-amz-target']).split('.')[1] ?? ''
    const call = { action, body: JSON.parse(body.toString()) as Call['body'], at: performance.now() }
    calls.push(call)
    const wrong = faults.get(call.body.QueueUrl)?.(call)
    if (wrong === 'silence') return
    if (wrong === 'reset') return void incoming.socket.destroy()
    if (wrong !== undefined) {
      outgoing.writeHead(wrong.status, { 'content-type': 'application/x-amz-json-1.0' })
      return void outgoing.end(JSON.stringify(wrong.body))
    }
    const { method, url: path, headers } = incoming
    const { hostname, port } = new URL(fauxqs.address)
    const forwarded = request({ hostname, port, method, path, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 500, response.headers)
      response.pipe(outgoing)
    })
    forwarded.on('error', () => incoming.socket.destroy())
    outgoing.on('close', () => forwarded.destroy())
    forwarded.end(body)
  }

  const proxy = createServer((incoming, outgoing) => void answer(incoming, outgoing))
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const endpoint = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const client = new SQSClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })

  return {
    fauxqs,
    endpoint,
    client,
    calls,
    callsOf: (action, { url }) =>
      calls.filter((call) => call.action === action && call.body.QueueUrl === url),
    misbehave: ({ url }, fault) => void faults.set(url, fault),
    queue({ maxReceiveCount = 100 } = {}) {
      queues += 1
      const dead = `dead-${queues}`
      const { queueArn: deadLetterTargetArn } = fauxqs.createQueue(dead)
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount })
      const name = `mail-events-${queues}`
      const { queueUrl: url } = fauxqs.createQueue(name, { attributes: { RedrivePolicy } })
      const messages = (queue: string) => {
        const found = fauxqs.inspectQueue(queue)?.messages
        return { ready: found?.ready ?? [], inflight: found?.inflight ?? [] }
      }
      return {
        name,
        url,
        send: (...bodies) =>
          bodies.map((body) => {
            const text = typeof body === 'string' ? body : JSON.stringify(body)
            return fauxqs.sendMessage(name, text).messageId
          }),
        size: () => messages(name).ready.length + messages(name).inflight.length,
        hidden: () => messages(name).inflight.length,
        dead: () => messages(dead).ready.map(({ body }) => body),
      }
    },
    async stop() {
      client.destroy()
      proxy.close()
      proxy.closeAllConnections()
      await fauxqs.stop()
    },
  }
}
