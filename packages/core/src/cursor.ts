import type { Page, PageQuery } from './suppression.ts'

/** The position of a row in a listing, as the text that a caller hands back. */
export function encodeCursor(position: readonly string[]): string {
  return btoa(String.fromCodePoint(...new TextEncoder().encode(JSON.stringify(position))))
}

/**
 * The position behind a cursor, or `undefined` for the first page.
 * @throws TypeError a cursor that did not come from a listing of `length` parts
 */
export function decodeCursor(cursor: string | undefined, length: number): readonly string[] | undefined {
  if (cursor === undefined) return undefined
  try {
    const bytes = Uint8Array.from(atob(cursor), (character) => character.codePointAt(0) ?? 0)
    const position: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (
      Array.isArray(position) &&
      position.length === length &&
      position.every((part) => typeof part === 'string')
    ) {
      return position
    }
  } catch {
    // what cannot be read is refused below, in the same words
  }
  throw new TypeError('[bouncy/core] cursor: pass the `next` of the page before, unchanged')
}

/** The page size of a query. @throws TypeError a limit that is not a whole number from 1 to 1,000 */
export function pageLimit(query: PageQuery): number {
  const limit = query.limit ?? 50
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit
  throw new TypeError('[bouncy/core] limit: give a whole number from 1 to 1,000')
}

/** The page made of up to `limit + 1` rows: the one too many only says that there is a next page. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  position: (row: Row) => readonly string[],
): Page<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const items = shown.map(item)
  return rows.length > limit && last !== undefined ? { items, next: encodeCursor(position(last)) } : { items }
}
