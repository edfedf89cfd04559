/**
 * The members that have a value: an absent fact is an absent key, since JSON knows no `undefined`.
 *
 * @example
 * given({ status: '5.1.1', diagnostic: undefined }) // { status: '5.1.1' }
 */
export function given<T extends object>(members: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never
}
