import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  request,
} from 'node:http'
import { connect, type Socket } from 'node:net'

/** A request that is being sent. */
export interface Upload {
  readonly request: ClientRequest
  /** Rejects if the connection breaks before the reply has been read. */
  readonly reply: Promise<Reply>
}

/** A reply that has been read to its end. */
export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly socket: Socket
}

/** What is not a plain `POST`. */
export interface SendOptions {
  readonly method?: string
  readonly headers?: OutgoingHttpHeaders
}

/** An HTTP/1.1 client that shows what browsers and `fetch` hide: half-sent bodies, lies, and its connections. */
export interface Client {
  /** Begins a request; the caller writes and ends it. */
  open(path: string, options?: SendOptions): Upload
  /** A whole request. */
  send(path: string, body?: string | Uint8Array, options?: SendOptions): Promise<Reply>
  /** Writes bytes to a new connection, ends it if `half` says so, and reads all that comes until the server closes. */
  raw(bytes: string, half?: 'end'): Promise<string>
  close(): void
}

/** A client with connections of its own; `maxSockets: 1` sends everything over one. */
export function createClient(origin: string, options: { readonly maxSockets?: number } = {}): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: options.maxSockets ?? Number.POSITIVE_INFINITY })
  const { hostname, port } = new URL(origin)

  function open(path: string, { method = 'POST', headers = {} }: SendOptions = {}): Upload {
    const sent = request({ agent, hostname, port, path, method, headers })
    const reply = new Promise<Reply>((resolve, reject) => {
      sent.on('error', reject)
      sent.on('response', (response) => {
        const { socket } = response
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const { statusCode: status = 0, headers } = response
          resolve({ status, headers, text: Buffer.concat(chunks).toString('utf8'), socket })
        })
      })
    })
    // Whoever aborts an upload does not wait for its reply.
    reply.catch(() => {})
    return { request: sent, reply }
  }

  return {
    open,
    send(path, body = '', options = {}) {
      const bytes = typeof body === 'string' ? Buffer.from(body) : body
      const headers =
        bytes.byteLength > 0 ? { 'content-length': bytes.byteLength, ...options.headers } : options.headers
      const { request, reply } = open(path, { ...options, ...(headers === undefined ? {} : { headers }) })
      request.end(bytes)
      return reply
    },
    raw(bytes, half) {
      return new Promise((resolve) => {
        const socket = connect(Number(port), hostname)
        const chunks: Buffer[] = []
        socket.on('data', (chunk) => chunks.push(chunk))
        // A connection that is reset has said what it had to say, too.
        socket.on('error', () => {})
        socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')))
        socket.write(bytes, 'latin1')
        if (half === 'end') socket.end()
      })
    },
    close: () => agent.destroy(),
  }
}
