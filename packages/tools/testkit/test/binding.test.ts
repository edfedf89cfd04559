import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Bouncy, WebhookError } from '@bouncy/core'
import { describe, expect, it } from 'vitest'
import { allBindingCases } from '../src/binding/cases.ts'
import type { BindingSetup, StartBinding } from '../src/binding/contract.ts'
import { testBinding } from '../src/binding.ts'
import { failures } from '../src/case.ts'

/** What is wrong with a binding, and the promises that must catch it. */
const FAULTS = {
  'encodes JSON again': [
    'what the provider is given: the exact bytes, whatever the content type says',
    'what the provider is given: the exact bytes of line ends',
  ],
  'decodes text': [
    'what the provider is given: the exact bytes of a byte order mark',
    'what the provider is given: the exact bytes of what is not UTF-8',
    'what the provider is given: the exact bytes of every byte',
  ],
  'stops reading at NUL': ['what the provider is given: the exact bytes of NUL'],
  'wants something in a body': ['what the provider is given: the exact bytes of nothing'],
  'allows one byte less': ['what the provider is given: the exact bytes of as much as is allowed'],
  'keeps the last piece only': ['what the provider is given: one body, however many pieces it comes in'],
  'adds a line end': ['limits: a body that goes on after its declared length is taken no further'],
  'ignores limits': [
    'limits: 413 for a declared length over the limit, before the body is sent',
    'limits: 413 for a body that passes the limit while it is streaming',
  ],
  'has no deadline': ['limits: 408 for a body that takes too long in all, though it never pauses'],
  'hides the content encoding': ['limits: 415 for a compressed body, which is never read'],
  'answers 200 to everything': [
    'what the sender is answered: 401 with a challenge for missing and for wrong credentials',
    'what the sender is answered: 503 with Retry-After for a fault of ours',
    'what the sender is answered: 404 for a provider that does not exist',
    'limits: 415 for a form',
    'connections: close() finishes what is under way and answers 503 to what comes after',
  ],
  'hangs after a parser': [
    'neighbours: the bytes that a parser kept are used',
    'neighbours: 503 and a sentence in the log where a parser kept nothing, and nothing is encoded again',
  ],
  'encodes again what a parser read': [
    'neighbours: 503 and a sentence in the log where a parser kept nothing, and nothing is encoded again',
  ],
  'takes half a body': [
    'limits: a body that ends before its declared length is not taken',
    'connections: a sender that breaks off is forgotten, and others are answered',
  ],
  'forgets headers': [
    'what the provider is given: headers by any case of their names, several values joined, and no others',
    'what the sender is answered: 405 with Allow for everything that is not posted',
    'what the sender is answered: the own reply of a provider, to the letter',
  ],
  'trusts a forwarded address': [
    'what the provider is given: the address of the peer, not one that a header claims',
  ],
  'trusts a forwarded prefix': [
    'connections: behind a proxy: the bytes, the path that the proxy asks for, replies, and one connection for all',
  ],
  'cuts off the prefix': ['what the provider is given: the path and the query as they came, and the method'],
  'hangs up after a refusal': [
    'connections: a refusal can be read though nobody read the body, and the next request is answered',
    'connections: behind a proxy: the bytes, the path that the proxy asks for, replies, and one connection for all',
  ],
  'serves one at a time': ['connections: 1,000 requests at once are all answered 200, each body its own'],
  'stops where a sender goes away': ['connections: a sender that goes away before the reply does no harm'],
  'takes one request of a connection': [
    'connections: requests that are sent without waiting for replies are answered in their order',
  ],
  'never says go on': ['connections: a sender that asks first is told to go on'],
  'says why': [
    'what the sender is answered: the status of every refusal, with a body that does not say which check failed',
  ],
  'answers for the whole server': ['neighbours: other routes read their own bodies and are not answered for'],
} as const

type Fault = keyof typeof FAULTS

testBinding('without a fault', startWith())

describe('the kit catches a binding that', () => {
  it.each(Object.entries(FAULTS))(
    '%s',
    async (fault, promises) => {
      const cases = allBindingCases(startWith(fault as Fault), { patienceMs: 1_000 })
      const suspects = cases.filter(({ group, name }) =>
        promises.some((promise) => promise === `${group}: ${name}`),
      )
      expect(await failures(suspects)).toEqual(promises)
    },
    20_000,
  )

  it('breaks a promise, whichever that is', () => {
    const promises = allBindingCases(startWith()).map(({ group, name }) => `${group}: ${name}`)
    expect(new Set<string>(Object.values(FAULTS).flat())).toEqual(new Set(promises))
  })
})

type Read = IncomingMessage & { body?: unknown; rawBody?: Buffer }

/** A small binding on `node:http`, and a server around it as the kit asks for. */
function startWith(fault?: Fault): StartBinding {
  return async (bouncy, setup) => {
    let turn: Promise<unknown> = Promise.resolve()
    const server = createServer(async (request: Read, response) => {
      const path = request.url ?? ''
      request.on('error', () => {})
      if (fault === 'serves one at a time') {
        const before = turn
        turn = once(response, 'close')
        await before
      }
      if (fault === 'takes one request of a connection') response.shouldKeepAlive = false
      if (fault === 'stops where a sender goes away') {
        response.on('close', () => response.writableFinished || server.close().closeAllConnections())
      }
      if (setup.parser !== 'none') await parse(request, setup.parser === 'keeps-bytes')
      if (path.startsWith(`${setup.prefix}/`) || fault === 'answers for the whole server') {
        await bind(bouncy, setup, request, response, fault)
      } else if (path === setup.echo) {
        if (request.body === undefined) await parse(request, false)
        response.end(JSON.stringify(request.body))
      } else response.writeHead(404).end()
    })
    if (fault === 'never says go on') server.on('checkContinue', () => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return {
      origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
    }
  }
}

async function parse(request: Read, keep: boolean): Promise<void> {
  if (request.headers['content-type'] !== 'application/json') return
  const bytes = Buffer.concat(await request.toArray())
  if (keep) request.rawBody = bytes
  request.body = JSON.parse(bytes.toString())
}

async function bind(
  bouncy: Bouncy,
  { prefix, bodyTimeoutMs = 10_000 }: BindingSetup,
  request: Read,
  response: ServerResponse,
  fault?: Fault,
): Promise<void> {
  const url = request.url ?? ''
  const name = /([^/?]*)\/?(?:\?.*)?$/.exec(url)?.[1] ?? ''
  const forwarded = request.headers['x-forwarded-for']
  const remoteAddress =
    fault === 'trusts a forwarded address' && typeof forwarded === 'string'
      ? forwarded
      : (request.socket.remoteAddress ?? '')
  const reply = await bouncy.receive(name, {
    method: request.method ?? '',
    url: urlOf(request, prefix, fault),
    remoteAddress,
    header(header) {
      if (fault === 'hides the content encoding' && header === 'content-encoding') return undefined
      const value = request.headers[fault === 'forgets headers' ? header : header.toLowerCase()]
      return typeof value === 'string' ? value : undefined
    },
    async read(maxBytes) {
      const less = fault === 'allows one byte less' ? 1 : 0
      const bytes = await read(
        request,
        fault === 'ignores limits' ? Infinity : maxBytes - less,
        bodyTimeoutMs,
        fault,
      )
      if (fault === 'wants something in a body' && bytes.length === 0)
        throw new WebhookError('body-malformed', '')
      if (fault === 'stops reading at NUL') return bytes.subarray(0, (bytes.indexOf(0) + 1 || Infinity) - 1)
      if (fault === 'adds a line end') return Buffer.concat([bytes, Buffer.from('\n')])
      if (fault === 'decodes text') return new TextEncoder().encode(new TextDecoder().decode(bytes))
      if (fault !== 'encodes JSON again') return bytes
      try {
        return Buffer.from(JSON.stringify(JSON.parse(bytes.toString())))
      } catch {
        return bytes
      }
    },
  })
  const status = fault === 'answers 200 to everything' ? 200 : reply.status
  const headers = fault === 'forgets headers' ? {} : reply.headers
  const content = fault === 'says why' ? `bouncy: ${reply.body}` : (reply.body ?? '')
  const length = { 'content-length': Buffer.byteLength(content) }
  if (request.complete) {
    response.writeHead(status, { ...headers, ...length }).end(content)
  } else if (fault === 'hangs up after a refusal') {
    request.socket.destroy()
  } else {
    response.writeHead(status, { ...headers, ...length, connection: 'close' }).write(content)
    setTimeout(() => response.end(), 500)
    request.on('end', () => response.end()).resume()
  }
}

function urlOf({ url = '', headers }: Read, prefix: string, fault?: Fault): string {
  if (fault === 'cuts off the prefix') return url.slice(prefix.length)
  if (fault === 'trusts a forwarded prefix') return `${headers['x-forwarded-prefix'] ?? ''}${url}`
  return url
}

async function read(request: Read, maxBytes: number, timeoutMs: number, fault?: Fault): Promise<Buffer> {
  const parsed = request.readableDidRead
  if (parsed && fault === 'hangs after a parser') await once(request, 'never')
  if (parsed && fault === 'encodes again what a parser read') return Buffer.from(JSON.stringify(request.body))
  if (request.rawBody !== undefined) return request.rawBody
  if (parsed) throw new WebhookError('body-already-read', '[bouncy/test] mount it before the parser')
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw new WebhookError('body-too-large', '')
  const chunks: Buffer[] = []
  let size = 0
  return new Promise((resolve, reject) => {
    const stop = (error?: WebhookError): void => {
      clearTimeout(timer)
      request.off('data', onData).pause()
      if (error === undefined) resolve(Buffer.concat(chunks))
      else reject(error)
    }
    const onData = (chunk: Buffer): void => {
      if (fault === 'keeps the last piece only') chunks.length = 0
      chunks.push(chunk)
      size += chunk.length
      if (size > maxBytes) stop(new WebhookError('body-too-large', ''))
    }
    const timer = setTimeout(
      () => stop(new WebhookError('body-too-slow', '')),
      fault === 'has no deadline' ? 1e6 : timeoutMs,
    )
    const aborted = fault === 'takes half a body' ? undefined : new WebhookError('request-aborted', '')
    request.on('data', onData).on('end', () => stop())
    request.on('close', () => stop(aborted))
  })
}
