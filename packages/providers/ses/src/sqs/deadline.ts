/**
 * Gives up work after a time, or when told to stop. The SDK has no deadline of its own for an answer, and what has lost
 * its connection would wait for ever; nor does everything that is aborted end at once.
 */
export async function within<T>(
  ms: number,
  stop: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const { promise: over, reject } = Promise.withResolvers<never>()
  const end = (why: string): void => {
    reject(new Error(why))
    controller.abort()
  }
  const onStop = (): void => end('stopped')
  const timer = setTimeout(() => end(`no answer within ${ms} ms`), ms)
  stop?.addEventListener('abort', onStop)
  if (stop?.aborted) onStop()
  try {
    // what throws at once must not leave `over` behind with nobody to hear it
    const working = (async () => work(controller.signal))()
    return await Promise.race([over, working])
  } finally {
    clearTimeout(timer)
    stop?.removeEventListener('abort', onStop)
  }
}
