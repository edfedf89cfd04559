import { type RedisClient, reconnectedDuring, type Send } from './client.ts'
import type { Settings } from './options.ts'

/**
 * Waits until what this connection has written is as safe as it is wanted; nothing where that is as it comes. A new
 * connection has written nothing, so the server at its other end confirms at once, also one that never had the write.
 * Sources: https://redis.io/docs/latest/commands/waitaof/, https://redis.io/docs/latest/commands/wait/
 */
export function createConfirm(
  send: Send,
  client: RedisClient,
  { waitForAof, waitForReplicas, waitMs }: Settings,
): (() => Promise<void>) | undefined {
  if (!waitForAof && waitForReplicas === 0) return undefined
  const wanted = [String(waitForReplicas), String(waitMs)]

  async function wait(): Promise<void> {
    const [synced, copied] = waitForAof
      ? ((await send('waitaof', ['1', ...wanted])) as [unknown, unknown])
      : [1, await send('wait', wanted)]
    if (Number(synced) < 1 || Number(copied) < waitForReplicas) throw new Error(UNCONFIRMED)
  }

  return async () => {
    if (await reconnectedDuring(client, wait)) throw new Error(RECONNECTED)
  }
}

const UNCONFIRMED =
  '[bouncy/redis] the server wrote, but did not confirm within waitMs that it is as safe as waitForAof and waitForReplicas ask for'

const RECONNECTED =
  '[bouncy/redis] the connection was lost before the server confirmed what it wrote, which may be lost, too; try again'
