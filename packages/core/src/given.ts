/**
 * The members that have a value: an absent fact is an absent key, since JSON knows no `undefined`.
 *
 * @example
 * given({ status: '5.1.1', diagnostic: undefined }) // { status: '5.1.1' }
 */
export function given<T extends object>(members: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  for (const name in members) if (members[name] === undefined) return without(members)
  return members as never
}

function without<T extends object>(members: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const found: Record<string, unknown> = {}
  for (const name in members) if (members[name] !== undefined) found[name] = members[name]
  return found as never
}
