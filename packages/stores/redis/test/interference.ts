import type { IoRedisClient, NodeRedisClient, RedisClient } from '@bouncy/redis'

/** A client that tells of each command before it is sent, and waits until that is dealt with. */
export function watched(
  client: NodeRedisClient | IoRedisClient,
  before: (command: string, args: readonly string[]) => unknown,
): RedisClient {
  const ears: Pick<NodeRedisClient, 'on' | 'off'> = {
    on: (event, listener) => client.on?.(event, listener),
    off: (event, listener) => client.off?.(event, listener),
  }
  if ('call' in client) {
    return {
      ...ears,
      async call(command, args) {
        await before(command, args)
        return client.call(command, args)
      },
    }
  }
  return {
    ...ears,
    async sendCommand([command = '', ...args]: string[]) {
      await before(command, args)
      return client.sendCommand([command, ...args])
    },
  }
}

/** Whether a command is the commit, rather than what comes before it. */
export const isWrite = (command: string): boolean => command === 'evalsha' || command === 'eval'
