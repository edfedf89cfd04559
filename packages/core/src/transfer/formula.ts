/**
 * What a spreadsheet would run, in full width as well, or what looks guarded already.
 * Source: https://owasp.org/www-community/attacks/CSV_Injection
 */
const RUNS = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/

/** A cell that no spreadsheet runs: an apostrophe stands before what it would. */
export const guardCell = (cell: string): string => (RUNS.test(cell) ? `'${cell}` : cell)

/** The cell without the apostrophe, if it was put there. */
export const unguardCell = (cell: string): string =>
  cell.startsWith("'") && RUNS.test(cell) ? cell.slice(1) : cell
