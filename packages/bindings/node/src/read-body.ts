import { WebhookError } from '@bouncy/core'
import { createBodyBuffer, type Lease } from '@bouncy/core/binding'
import { declaredLength, type NodeRequest } from './http.ts'
import { keptBytes } from './kept-bytes.ts'

/** What a body may cost, and how to speak of it if it goes wrong. */
export interface BodyTerms {
  /** The package, `'bouncy/express'`. */
  readonly owner: string
  /** What to do where something else read the body first. */
  readonly remedy: string
  readonly timeoutMs: number
  readonly lease: Lease
  /** What the framework keeps of the body elsewhere than on the request. */
  readonly rawBody?: unknown
}

/**
 * The exact bytes of a body.
 * @throws WebhookError `body-too-large`, `body-too-slow`, `body-already-read`, `request-aborted`, `overloaded`
 */
export async function readBody(
  request: NodeRequest,
  maxBytes: number,
  terms: BodyTerms,
): Promise<Uint8Array> {
  const { owner, remedy } = terms
  const kept = keptBytes(request, terms.rawBody)
  if (kept !== undefined) return kept
  if (request.readableDidRead || request.readableEncoding !== null) {
    throw new WebhookError(
      'body-already-read',
      `[${owner}] something read the body first and did not keep its bytes: ${remedy}`,
    )
  }
  // A parser that found nothing to read has taken nothing away.
  if (request.readableEnded) return new Uint8Array()
  if (request.destroyed) throw brokenOff(owner)
  return collect(request, maxBytes, terms)
}

async function collect(
  request: NodeRequest,
  maxBytes: number,
  { owner, timeoutMs, lease }: BodyTerms,
): Promise<Uint8Array> {
  const declared = declaredLength(request)
  const body = createBodyBuffer(owner, declared, maxBytes, lease)
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  let isWhole = false

  function onData(chunk: Uint8Array): void {
    try {
      body.append(chunk)
    } catch (error) {
      reject(error)
    }
  }
  function onEnd(): void {
    const bytes = body.bytes()
    // HTTP/2 ends the stream of a request that was broken off, too.
    if (request.aborted || (declared ?? bytes.byteLength) !== bytes.byteLength) onBreak()
    else {
      isWhole = true
      resolve(bytes)
    }
  }
  function onBreak(cause?: unknown): void {
    if (!isWhole) reject(brokenOff(owner, cause))
  }
  const deadline = setTimeout(() => {
    reject(new WebhookError('body-too-slow', `[${owner}] the body took longer than ${timeoutMs} ms`))
  }, timeoutMs)

  request.on('data', onData).on('end', onEnd).on('error', onBreak).on('close', onBreak)
  // A listener alone does not set a stream going again that somebody has paused.
  request.resume()
  try {
    return await promise
  } catch (error) {
    body.drop()
    throw error
  } finally {
    clearTimeout(deadline)
    request.off('data', onData).off('end', onEnd).off('error', onBreak).off('close', onBreak)
    request.pause()
  }
}

function brokenOff(owner: string, cause?: unknown): WebhookError {
  const options = cause === undefined ? {} : { cause }
  return new WebhookError('request-aborted', `[${owner}] the sender broke off`, options)
}
