import { createBodyBuffer } from './body-buffer.ts'
import type { Lease } from './budget.ts'
import { WebhookError } from './error.ts'

/** What a body may cost. */
export interface BodyTerms {
  readonly timeoutMs: number
  readonly lease: Lease
}

const OWNER = 'bouncy/core'

/** Up to this size a body is asked for in one piece, which spares some runtimes a stream and all that comes with it. */
const IN_ONE_PIECE_BYTES = 16 * 1024

/**
 * The exact bytes of a body that nobody has read. A stream that is refused is left alone and not cancelled: on Node
 * that could close the connection under the reply.
 *
 * @throws WebhookError `body-too-large`, `body-too-slow`, `body-already-read`, `request-aborted`, `overloaded`
 */
export async function readStream(
  request: Request,
  maxBytes: number,
  { timeoutMs, lease }: BodyTerms,
): Promise<Uint8Array> {
  if (request.bodyUsed) throw alreadyRead()
  const declared = declaredLength(request)
  // Before `body` is touched, because on Node that begins to read it.
  const room = createBodyBuffer(OWNER, declared, maxBytes, lease)
  // Paid for before it comes: how much of it has come cannot be seen.
  const inOnePiece = declared !== undefined && declared <= IN_ONE_PIECE_BYTES && lease.takeAhead(declared)
  const { promise: late, reject } = Promise.withResolvers<never>()
  let isLate = false
  const deadline = setTimeout(() => {
    isLate = true
    reject(tooSlow(timeoutMs))
  }, timeoutMs)
  try {
    // Raced once, and not for every chunk: each race is remembered for as long as the deadline is.
    return await Promise.race([inOnePiece ? readWhole() : readChunks(), late])
  } catch (error) {
    room.drop()
    throw error
  } finally {
    clearTimeout(deadline)
  }

  /** What comes too late is not kept: nobody would give back what it takes of the budget. */
  function keep(bytes: Uint8Array): void {
    if (isLate) throw tooSlow(timeoutMs)
    room.append(bytes)
  }

  async function readWhole(): Promise<Uint8Array> {
    // a stream that somebody holds and has not read from is refused as well
    const whole = await request.arrayBuffer().catch((cause) => {
      throw request.bodyUsed ? brokenOff(cause) : alreadyRead(cause)
    })
    // from here on `room` pays for what has come
    lease.release()
    keep(new Uint8Array(whole))
    return room.bytes()
  }

  async function readChunks(): Promise<Uint8Array> {
    if (request.body === null) return room.bytes()
    if (request.body.locked) throw alreadyRead()
    const reader = request.body.getReader()
    for (;;) {
      const { done, value } = await reader.read().catch((cause) => {
        throw brokenOff(cause)
      })
      if (done) return room.bytes()
      keep(value)
    }
  }
}

/** What to do where something else read the body. */
export function alreadyRead(cause?: unknown): WebhookError {
  return new WebhookError(
    'body-already-read',
    `[${OWNER}] something read the body first: hand the Request over before it does, or keep its bytes for rawBody`,
    cause === undefined ? {} : { cause },
  )
}

function declaredLength(request: Request): number | undefined {
  const value = request.headers.get('content-length')
  const length = value === null || value === '' ? Number.NaN : Number(value)
  return Number.isSafeInteger(length) && length >= 0 ? length : undefined
}

function tooSlow(timeoutMs: number): WebhookError {
  return new WebhookError('body-too-slow', `[${OWNER}] the body took longer than ${timeoutMs} ms`)
}

function brokenOff(cause: unknown): WebhookError {
  return new WebhookError('request-aborted', `[${OWNER}] the sender broke off`, { cause })
}
