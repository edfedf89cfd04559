/** What a spreadsheet would run (https://owasp.org/www-community/attacks/CSV_Injection), or what looks guarded already. */
const RUNS = /^'*[=+\-@\t\r]/

/** A cell that no spreadsheet runs: an apostrophe stands before what it would. */
export const guardCell = (cell: string): string => (RUNS.test(cell) ? `'${cell}` : cell)

/** The cell without the apostrophe, if it was put there. */
export const unguardCell = (cell: string): string =>
  cell.startsWith("'") && RUNS.test(cell) ? cell.slice(1) : cell
