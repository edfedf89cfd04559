import type { NodeRedisClient } from '@bouncy/redis'

/** A client that tells of each command before it is sent, and waits until that is dealt with. */
export function watched(
  client: NodeRedisClient,
  before: (command: string, args: readonly string[]) => unknown,
): NodeRedisClient {
  return {
    async sendCommand([command = '', ...args]) {
      await before(command, args)
      return client.sendCommand([command, ...args])
    },
  }
}

/** Whether a command is the commit, rather than what comes before it. */
export const isWrite = (command: string): boolean => command === 'evalsha' || command === 'eval'
