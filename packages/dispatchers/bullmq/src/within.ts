/** The outcome of a promise, or a rejection after so many milliseconds. */
export async function within<T>(promise: Promise<T>, ms: number, message: string): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`[bouncy/bullmq] ${message}`)), ms)
  try {
    return await Promise.race([promise, over])
  } finally {
    clearTimeout(timer)
  }
}
