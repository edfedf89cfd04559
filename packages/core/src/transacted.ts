import type { Store } from './store.ts'

/**
 * Runs an event's handlers, in a transaction of the store from the moment on at which one of them asks for it. It is
 * committed, and the event settled with it, if all succeed; otherwise nothing of what was written through it remains.
 *
 * @param run is handed the function that begins the transaction; it says whether all handlers succeeded
 * @param refused is told why the transaction was not committed though they did
 * @returns whether all handlers succeeded, and what they wrote is there
 */
export async function transacted(
  store: Store,
  id: string,
  run: (transaction: () => Promise<unknown>) => Promise<boolean>,
  refused: (error: unknown) => void,
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
        if (!(await ended)) throw new Error('rolled back')
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
    // of a transaction that never began the handler that asked for it has been told
    if (succeeded) refused(error)
    return false
  }
}
