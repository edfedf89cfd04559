import type { Store } from './store.ts'

/**
 * Runs an event's handlers, in a transaction of the store from the moment on at which one of them asks for it. It is
 * committed, and the event settled with it, if all succeed; otherwise nothing of what was written through it remains.
 *
 * @param run is handed the function that begins the transaction. @returns whether all handlers succeeded
 */
export async function transacted(
  store: Store,
  id: string,
  run: (transaction: () => Promise<unknown>) => Promise<boolean>,
): Promise<boolean> {
  const { promise: ended, resolve: end } = Promise.withResolvers<boolean>()
  let begun: Promise<unknown> | undefined
  let committed: Promise<void> | undefined

  function transaction(): Promise<unknown> {
    if (store.settleWith === undefined) {
      return Promise.reject(
        new Error('[bouncy/core] transaction: this store has no transactions; use one of @bouncy/sql'),
      )
    }
    begun ??= new Promise((resolve, reject) => {
      committed = store.settleWith?.(id, async (own) => {
        resolve(own)
        if (!(await ended)) throw new RolledBack()
      })
      committed?.catch(reject)
    })
    return begun
  }

  let succeeded = false
  try {
    succeeded = await run(transaction)
  } finally {
    end(succeeded)
  }
  try {
    await committed
    return succeeded
  } catch (error) {
    if (error instanceof RolledBack) return false
    throw error
  }
}

class RolledBack extends Error {}
