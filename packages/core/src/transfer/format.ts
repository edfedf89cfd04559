/** `csv` is RFC 4180 with a header row; `ndjson` is one JSON object a line. */
export type TransferFormat = 'csv' | 'ndjson'

/** @throws TypeError a format that does not exist */
export function checkFormat(format: TransferFormat): void {
  if (format !== 'csv' && format !== 'ndjson') throw mistake('format', "give 'csv' or 'ndjson'")
}

/** What is wrong with an option or a file, never with what it says. */
export const mistake = (key: string, remedy: string): TypeError =>
  new TypeError(`[bouncy/core] ${key}: ${remedy}`)

/** What a file says of one suppression; lines count from 1, and a row begins on its first one. */
export type Row =
  | { readonly line: number; readonly values: Readonly<Record<string, unknown>> }
  | { readonly line: number; readonly problem: string }

/** Characters of one row at the most; what is longer is no row but a quote that nobody closed. */
export const LONGEST_ROW: number = 1 << 20
