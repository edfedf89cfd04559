/** The Redis that CI and every developer machine has. */
export const PORT = 6379
