import type { Suppression } from '../suppression.ts'

/** The columns of a file of ours, in their order. */
export const COLUMNS: readonly string[] = [
  'address',
  'reason',
  'since',
  'expiresAt',
  'stream',
  'tenant',
  // not the last one: what a text there ends with could not be told from the end of the row
  'note',
  'provider',
  'eventId',
]

const BY_NAME: ReadonlyMap<string, string> = new Map([
  ...COLUMNS.map((column) => [plain(column), column] as const),
  // what vendors call it
  ...['email', 'emailaddress', 'recipient'].map((name) => [name, 'address'] as const),
])

/** The column that a name in a header means, whatever its case and its separators; none for one that is not read. */
export const columnOf = (name: string): string | undefined => BY_NAME.get(plain(name))

/** A suppression as a row, in the order of the columns. */
export function cellsOf({ scope, ...one }: Suppression): readonly string[] {
  const values: Readonly<Record<string, string | undefined>> = { ...scope, ...one }
  return COLUMNS.map((column) => values[column] ?? '')
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '')
}
