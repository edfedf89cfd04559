import type { Send } from './client.ts'
import type { Settings } from './options.ts'

/**
 * Waits until what this connection has written is as safe as it is wanted; nothing where that is as it comes.
 * Sources: https://redis.io/docs/latest/commands/waitaof/, https://redis.io/docs/latest/commands/wait/
 */
export function createConfirm(
  send: Send,
  { waitForAof, waitForReplicas, waitMs }: Settings,
): (() => Promise<void>) | undefined {
  const [replicas, timeout] = [String(waitForReplicas), String(waitMs)]
  if (waitForAof) {
    return async () => {
      const [synced, copied] = (await send('waitaof', ['1', replicas, timeout])) as [unknown, unknown]
      if (Number(synced) < 1 || Number(copied) < waitForReplicas) throw new Error(UNCONFIRMED)
    }
  }
  if (waitForReplicas === 0) return undefined
  return async () => {
    if (Number(await send('wait', [replicas, timeout])) < waitForReplicas) throw new Error(UNCONFIRMED)
  }
}

const UNCONFIRMED =
  '[bouncy/redis] the server wrote, but did not confirm within waitMs that it is as safe as waitForAof and waitForReplicas ask for'
