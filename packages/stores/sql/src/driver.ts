/** Loads a driver that the application has to install. @throws Error where it has not */
export async function driverOf<T extends object>(
  name: string,
  load: () => Promise<T & { readonly default?: T }>,
): Promise<T> {
  try {
    const loaded = await load()
    return loaded.default ?? loaded
  } catch (cause) {
    throw new Error(`[bouncy/sql] install ${name}, or hand in a pool of your own`, { cause })
  }
}
