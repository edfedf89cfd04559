import { setTimeout as pause } from 'node:timers/promises'

/** How long a change of a table waits for it, and everybody else behind it, in milliseconds. */
export const LOCK_MS = 1_000
/** How long in all: long transactions of others are over by then, or somebody has to look after them. */
const PATIENCE_MS = 600_000

/** Does what needs a table for itself: again and again, with the writers' turn in between, until nobody has it. */
export async function patiently(
  change: () => Promise<unknown>,
  isLocked: (error: unknown) => boolean,
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      await change()
      return
    } catch (error) {
      if (!isLocked(error) || performance.now() > deadline) throw error
    }
    await pause(LOCK_MS)
  }
}
