import { connect } from 'node:net'

/** https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-CANCELREQUEST */
const CANCEL = 80_877_102
const LENGTH = 16
/** How long is tried to reach the server, in milliseconds. */
const REACH_MS = 5_000

/** What a `Client` of `pg` knows of its server: the last two only the server and this client do. */
interface Known {
  readonly host: string
  readonly port: number
  readonly processID: number
  readonly secretKey: number
}

/**
 * Has the server break off what it does for a connection, since it goes on, and waits for locks, when nobody is there any
 * more who asked for it. @returns whether the server can be told
 */
export function callOff(client: object): boolean {
  const { host, port, processID, secretKey }: Partial<Known> = client
  if (typeof host !== 'string' || typeof port !== 'number') return false
  if (typeof processID !== 'number' || typeof secretKey !== 'number') return false
  const request = Buffer.alloc(LENGTH)
  for (const [index, number] of [LENGTH, CANCEL, processID, secretKey].entries()) {
    request.writeInt32BE(number, index * 4)
  }
  const socket = connect(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port })
  socket.setTimeout(REACH_MS, () => socket.destroy())
  // if the server cannot be told now, it will find out by itself
  socket.on('error', () => {})
  socket.end(request)
  socket.unref()
  return true
}
