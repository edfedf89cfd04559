import { WebhookError } from './error.ts'
import type { Bouncy } from './types.ts'
import type { UnreadRequest } from './webhook.ts'

const BODY_DEADLINE_MS = 10_000

/** Answers a fetch `Request`: the last segment of the path names the provider. */
export async function respond(receive: Bouncy['receive'], request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const unread: UnreadRequest = {
    method: request.method,
    url: pathname + search,
    header: (name) => request.headers.get(name) ?? undefined,
    read: (maxBytes) => readBody(request, maxBytes),
  }
  const { status, headers, body } = await receive(lastSegment(pathname), unread)
  return new Response(body ?? null, { status, headers: { ...headers } })
}

/** The provider's name in a path: its last segment, a trailing slash aside. */
export function lastSegment(pathname: string): string {
  return /([^/]*)\/?$/.exec(pathname)?.[1] ?? ''
}

async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (request.bodyUsed) {
    throw new WebhookError(
      'body-already-read',
      '[bouncy/core] hand the Request over before anything reads its body',
    )
  }
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
  if (request.body === null) return new Uint8Array()
  const reader = request.body.getReader()
  let late = false
  const deadline = setTimeout(() => {
    late = true
    void reader.cancel().catch(() => {})
  }, BODY_DEADLINE_MS)
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      size += value.byteLength
      if (size > maxBytes) throw tooLarge(maxBytes)
      chunks.push(value)
    }
  } catch (cause) {
    void reader.cancel().catch(() => {})
    throw cause instanceof WebhookError
      ? cause
      : new WebhookError('request-aborted', '[bouncy/core] the body broke off', { cause })
  } finally {
    clearTimeout(deadline)
  }
  if (late) throw new WebhookError('body-too-slow', '[bouncy/core] the body took longer than 10 s')
  return join(chunks, size)
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}

const tooLarge = (maxBytes: number): WebhookError =>
  new WebhookError('body-too-large', `[bouncy/core] more than ${maxBytes} bytes`)
