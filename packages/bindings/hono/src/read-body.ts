import { WebhookError } from '@bouncy/core'
import type { Lease } from './budget.ts'
import { OWNER } from './options.ts'

/** What a body may cost. */
export interface BodyTerms {
  readonly timeoutMs: number
  readonly lease: Lease
}

/**
 * The exact bytes of a body that nobody has read. A stream that is refused is left alone and not cancelled: on Node
 * that could close the connection under the reply.
 *
 * @throws WebhookError `body-too-large`, `body-too-slow`, `body-already-read`, `request-aborted`, `overloaded`
 */
export async function readBody(request: Request, maxBytes: number, terms: BodyTerms): Promise<Uint8Array> {
  if (request.bodyUsed) throw alreadyRead()
  // Before `body` is touched, because on Node that begins to read it.
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
  if (request.body === null) return new Uint8Array()
  if (request.body.locked) throw alreadyRead()
  return collect(request.body.getReader(), maxBytes, terms)
}

/** What to do where something else read the body. */
export function alreadyRead(cause?: unknown): WebhookError {
  return new WebhookError(
    'body-already-read',
    `[${OWNER}] something read the body first and did not keep its bytes: route honoWebhooks before it, or have it ` +
      'call c.req.arrayBuffer() first',
    cause === undefined ? {} : { cause },
  )
}

async function collect(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
  { timeoutMs, lease }: BodyTerms,
): Promise<Uint8Array> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  let isLate = false
  const deadline = setTimeout(() => {
    isLate = true
    reject(tooSlow(timeoutMs))
  }, timeoutMs)
  try {
    return await Promise.race([readAll(), late])
  } finally {
    clearTimeout(deadline)
  }

  async function readAll(): Promise<Uint8Array> {
    // One piece of memory: a body that comes byte by byte would cost a hundred times its size as a list of chunks.
    let room = new Uint8Array(0)
    let size = 0
    for (;;) {
      const { done, value } = await reader.read().catch(brokenOff)
      if (isLate) throw tooSlow(timeoutMs)
      if (done) return room.subarray(0, size)
      const needed = size + value.byteLength
      if (needed > maxBytes) throw tooLarge(maxBytes)
      if (needed > room.byteLength) room = larger(room, Math.min(maxBytes, Math.max(needed, 2 * size)), lease)
      room.set(value, size)
      size = needed
    }
  }
}

function larger(bytes: Uint8Array, size: number, lease: Lease): Uint8Array<ArrayBuffer> {
  if (!lease.take(size - bytes.byteLength)) {
    throw new WebhookError('overloaded', `[${OWNER}] the bodies under way fill maxBufferedBytes`)
  }
  const room = new Uint8Array(size)
  room.set(bytes)
  return room
}

function tooLarge(maxBytes: number): WebhookError {
  return new WebhookError('body-too-large', `[${OWNER}] the body has more than ${maxBytes} bytes`)
}

function tooSlow(timeoutMs: number): WebhookError {
  return new WebhookError('body-too-slow', `[${OWNER}] the body took longer than ${timeoutMs} ms`)
}

function brokenOff(cause: unknown): never {
  throw new WebhookError('request-aborted', `[${OWNER}] the sender broke off`, { cause })
}
