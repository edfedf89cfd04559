import { Buffer } from 'node:buffer'

/** How a request to AWS is made. */
export interface RequestBounds {
  readonly fetch: typeof globalThis.fetch
  readonly timeoutMs: number
}

/**
 * Gets a URL that we built and hands the answer to `read`, all within the time allowed. Redirects are not followed;
 * what `read` leaves unread is dropped with the connection.
 *
 * @throws whatever fetch throws, or an Error that says what is wrong with the answer
 */
export async function request<T>(
  url: string,
  { fetch, timeoutMs }: RequestBounds,
  read: (response: Response) => T | Promise<T>,
): Promise<T> {
  const abort = new AbortController()
  // raced as well as aborted: a fetch that is handed in may not look at its signal
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  async function ask(): Promise<T> {
    const response = await fetch(url, { method: 'GET', redirect: 'error', signal: abort.signal })
    if (response.redirected) throw new Error('the request was redirected')
    if (response.status !== 200) throw new Error(`answered with status ${response.status}`)
    return read(response)
  }
  try {
    return await Promise.race([ask(), late.promise])
  } finally {
    clearTimeout(timer)
    abort.abort()
  }
}

/** Reads a body as ASCII text, or `undefined` as soon as it is larger than allowed. */
export async function readText(response: Response, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('latin1')
}
