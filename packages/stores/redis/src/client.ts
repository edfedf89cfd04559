/** What a client tells of its connection; needed only where the store waits for replicas or for the disk. */
interface Telling {
  on?(event: 'ready', listener: () => void): unknown
  off?(event: 'ready', listener: () => void): unknown
}

/** The part of a client of `redis` (node-redis 4.6 and later) that is used. */
export interface NodeRedisClient extends Telling {
  sendCommand(args: string[]): Promise<unknown>
}

/** The part of a cluster client of `redis` that is used. */
export interface NodeRedisCluster {
  sendCommand(firstKey: string | undefined, isReadonly: boolean | undefined, args: string[]): Promise<unknown>
  getSlotRandomNode(slot: number): unknown
}

/** The part of a client of `ioredis` (5 and later) that is used, be it of one server or of a cluster. */
export interface IoRedisClient extends Telling {
  call(command: string, args: string[]): Promise<unknown>
  readonly isCluster?: boolean
}

/** A connected client, of any kind that is known. */
export type RedisClient = NodeRedisClient | NodeRedisCluster | IoRedisClient

/** Sends one command. Command names are in lower case: by these ioredis knows which arguments are keys. */
export type Send = (command: string, args: readonly string[]) => Promise<unknown>

/** @throws TypeError what is no client of a kind that is known */
export function senderOf(client: RedisClient, prefix: string): Send {
  if (isIoRedis(client)) return (command, args) => client.call(command, [...args]).catch(withoutArguments)
  if (typeof client?.sendCommand !== 'function') {
    throw new TypeError('[bouncy/redis] client: give a connected client of redis or of ioredis')
  }
  // our keys share a slot, so that any of them leads to all
  if (isNodeCluster(client)) return (command, args) => client.sendCommand(prefix, false, [command, ...args])
  return (command, args) => client.sendCommand([command, ...args])
}

/** Whether the keys of this client are spread over several servers. */
export function isCluster(client: RedisClient): boolean {
  return isIoRedis(client) ? client.isCluster === true : isNodeCluster(client)
}

/** Whether the client sends each command through any of several connections. */
export function isPool(client: RedisClient): boolean {
  return client !== null && typeof client === 'object' && 'totalClients' in client
}

/** Runs work, and says whether the client connected anew meanwhile. */
export async function reconnectedDuring(client: RedisClient, work: () => Promise<void>): Promise<boolean> {
  const { on, off } = tellingOf(client)
  let reconnected = false
  const note = (): void => {
    reconnected = true
  }
  on?.call(client, 'ready', note)
  try {
    await work()
  } finally {
    off?.call(client, 'ready', note)
  }
  return reconnected
}

/** Whether the client tells when it has connected anew. */
export function tells(client: RedisClient): boolean {
  const { on, off } = tellingOf(client)
  return typeof on === 'function' && typeof off === 'function'
}

const tellingOf = (client: RedisClient): Telling => client as Telling

const isIoRedis = (client: RedisClient): client is IoRedisClient => typeof has(client, 'call') === 'function'

const isNodeCluster = (client: RedisClient): client is NodeRedisCluster =>
  typeof has(client, 'getSlotRandomNode') === 'function'

const has = (client: unknown, name: string): unknown =>
  (client as Record<string, unknown> | undefined)?.[name]

/** ioredis attaches the command to its errors, and with it addresses and payloads, which must not come into a log. */
function withoutArguments(error: unknown): never {
  if (error instanceof Error) Reflect.deleteProperty(error, 'command')
  throw error
}
