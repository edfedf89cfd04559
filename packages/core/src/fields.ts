/**
 * Readers of what a stranger's JSON may hold. They never fail: what is null, empty or of another type than documented
 * counts as absent, so that one odd field costs nothing but itself. The work of a schema library, without its price for
 * each post; tests of the providers hold them against one.
 */

/** Reads one value, whatever it is. */
export type Read<Value> = (value: unknown) => Value

/** A text that is not empty. */
export const text: Read<string | undefined> = (value) =>
  typeof value === 'string' && value !== '' ? value : undefined

/** A list, else an empty one. */
export const list: Read<readonly unknown[]> = (value) => (Array.isArray(value) ? value : [])

/** An object, else an empty one; without a member `__proto__`, which a copy of it would take for something else. */
export const record: Read<Readonly<Record<string, unknown>>> = (value) => {
  if (!isRecord(value)) return {}
  if (!Object.hasOwn(value, '__proto__')) return value
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== '__proto__'))
}

/**
 * An object of which only these fields are read, each by its own reader; what is no object has none of them. What it
 * costs depends on how many fields are there, not on how many there might be.
 *
 * @example
 * const readPost = fields({ Type: text, Recipients: list })
 */
export function fields<Shape extends Readonly<Record<string, Read<unknown>>>>(
  shape: Shape,
): Read<{ readonly [Name in keyof Shape]: ReturnType<Shape[Name]> }> {
  const readers = new Map(Object.entries(shape))
  const absent = Object.fromEntries([...readers].map(([name, read]) => [name, read(undefined)]))
  return (value) => {
    const found: Record<string, unknown> = { ...absent }
    if (isRecord(value)) {
      for (const name in value) {
        const read = readers.get(name)
        if (read !== undefined) found[name] = read(value[name])
      }
    }
    return found as never
  }
}

/** The same reader for several fields. */
export function each<Name extends string, Value>(
  read: Read<Value>,
  ...names: readonly Name[]
): Record<Name, Read<Value>> {
  return Object.fromEntries(names.map((name) => [name, read])) as Record<Name, Read<Value>>
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
