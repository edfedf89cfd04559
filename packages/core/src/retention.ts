/**
 * How long every store knows an event at the least, in milliseconds: 30 days. A signature that is taken for longer could
 * have an event handled again that was forgotten.
 */
export const LEAST_MEMORY_MS = 2_592_000_000
