/**
 * Where a spreadsheet would see something to run, in full width as well, or what looks guarded already: at the beginning
 * of a cell, and after what parts cells or rows for one that expects no commas (it takes our quotes for text then).
 * Source: https://owasp.org/www-community/attacks/CSV_Injection
 */
const RUNS =
  /^(?='*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])|(?<=[;\t\r\n])(?=['"]*[=+\-@\uff1d\uff0b\uff0d\uff20])/g
const GUARDED = new RegExp(RUNS.source.replaceAll('(?=', "'(?="), 'g')

/** A cell of which no spreadsheet runs anything: an apostrophe stands before what it would. */
export const guardCell = (cell: string): string => cell.replace(RUNS, "'")

/** The cell without the apostrophes that were put there. */
export const unguardCell = (cell: string): string => cell.replace(GUARDED, '')
