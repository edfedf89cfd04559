import Papa from 'papaparse'
import type { Suppression } from '../suppression.ts'
import { COLUMNS, cellsOf, columnOf } from './columns.ts'
import { LONGEST_ROW, mistake, type Row } from './format.ts'
import { guardCell, unguardCell } from './formula.ts'

/** The row of names, as it begins a file. */
export const csvHeader: string = `${COLUMNS.join(',')}\r\n`

/** Suppressions as rows (RFC 4180), in which no spreadsheet finds a formula. */
export function writeCsv(suppressions: readonly Suppression[]): string {
  if (suppressions.length === 0) return ''
  const rows = suppressions.map((one) => cellsOf(one).map(guardCell))
  return `${Papa.unparse(rows)}\r\n`
}

/**
 * Rows of a file whose first row names its columns, in portions.
 * @throws TypeError a file without addresses, a quote that nobody closes, a row of more than a million characters
 */
export async function* readCsv(texts: AsyncIterable<string>): AsyncGenerator<readonly Row[]> {
  let rest = ''
  let enough = 0
  let read: ReturnType<typeof createReader> | undefined

  for await (const text of texts) {
    rest += text
    // the first line tells how rows end and cells part
    if (read === undefined && !/[\r\n]./.test(rest) && rest.length < LONGEST_ROW) continue
    if (rest.length < enough) continue
    read ??= createReader(rest)
    const { rows, end } = read(rest, false)
    rest = rest.slice(end)
    // a row that has not ended is looked at again when there is twice as much of it, so that a long one costs little
    enough = end === 0 ? Math.min(2 * rest.length, LONGEST_ROW + 1) : 0
    yield rows
  }
  read ??= createReader(rest)
  yield read(rest, true).rows
}

interface Portion {
  readonly rows: readonly Row[]
  /** Where the first row begins that has not ended yet. */
  readonly end: number
}

/** How rows end in the first place where one does, and so everywhere. */
type Newline = '\r\n' | '\n' | '\r'

function createReader(beginning: string): (text: string, last: boolean) => Portion {
  const [firstLine = ''] = beginning.split(/[\r\n]/, 1)
  const count = (delimiter: string): number => firstLine.split(delimiter).length
  const delimiter = [',', ';', '\t'].reduce((one, other) => (count(other) > count(one) ? other : one))
  const newline = (/\r\n|\n|\r/.exec(beginning)?.[0] ?? '\n') as Newline
  let header: readonly (string | undefined)[] | undefined
  let line = 1

  function take(cells: readonly string[]): readonly Row[] {
    const at = line
    line += 1 + cells.reduce((sum, cell) => sum + linesIn(cell), 0)
    if (cells.length === 1 && cells[0]?.trim() === '') return []
    if (header !== undefined) return [rowOf(at, header, cells)]
    header = headerOf(cells, at)
    return []
  }

  // what the parser is given at once: whole lines, where nothing that is to come can put a stray quote right. It looks
  // for the end of a broken row in all of it, so after one it is given little, and then more and more
  let atOnce = LONGEST_ROW

  function read(text: string, last: boolean): Portion {
    const rows: Row[] = []
    const lines = last ? text.length : lastEndOfLine(text)
    let end = 0
    while (end < lines) {
      const start = end
      const stop = Math.min(endOfLine(text, start + atOnce), lines)
      const config = { delimiter, newline, last: last && stop === lines }
      const broken = parse(text.slice(start, stop), config, (cells, next) => {
        rows.push(...take(cells))
        end = start + next
      })
      atOnce = 2 * (stop - start)
      if (broken?.code === 'MissingQuotes') throw mistake(`line ${line}`, NEVER_CLOSED)
      if (broken !== undefined) {
        // what comes after the line stands for itself
        const next = endOfLine(text, start + broken.index)
        rows.push({ line, problem: 'a quote stands where none may be' })
        line += Math.max(1, linesIn(text.slice(end, next)))
        end = next
        atOnce = 0
      } else if (stop === lines) break
    }
    if (text.length - end > LONGEST_ROW) throw mistake(`line ${line}`, whyEndless(text.slice(end)))
    if (last && header === undefined) headerOf([], line)
    return { rows, end }
  }

  /** Where the line ends in which this place is, or the text. */
  function endOfLine(text: string, place: number): number {
    const at = text.indexOf(newline, place)
    return at < 0 ? text.length : at + newline.length
  }

  function lastEndOfLine(text: string): number {
    const at = text.lastIndexOf(newline)
    return at < 0 ? 0 : at + newline.length
  }

  function whyEndless(row: string): string {
    const broken = parse(row, { delimiter, newline, last: true }, () => undefined)
    return broken?.code === 'MissingQuotes' ? NEVER_CLOSED : TOO_LONG
  }

  return read
}

const NEVER_CLOSED = 'a quote opens here that is never closed'
const TOO_LONG = 'this row is too long; rows have up to a million characters'

interface Broken {
  readonly code: Papa.ParseError['code']
  /** Where the cell begins. */
  readonly index: number
}

/** Gives the cells of each row, and where the next one begins, up to one that is broken. @returns what is wrong there */
function parse(
  text: string,
  { last, ...config }: { readonly delimiter: string; readonly newline: Newline; readonly last: boolean },
  take: (cells: readonly string[], next: number) => void,
): Broken | undefined {
  let broken: Broken | undefined
  const note = ([error]: readonly Papa.ParseError[]): void => {
    if (error !== undefined) broken ??= { code: error.code, index: error.index ?? 0 }
  }
  const parser = new Papa.Parser({
    ...config,
    step({ data, errors, meta }: Papa.ParseResult<string[]>) {
      note(errors)
      if (broken === undefined) take(data[0] ?? [], meta.cursor)
      else parser.abort()
    },
  })
  const { errors } = parser.parse(text, 0, !last) as Papa.ParseResult<string[]>
  note(errors)
  return broken
}

function headerOf(names: readonly string[], line: number): readonly (string | undefined)[] {
  const header = names.map((name) => columnOf(unguardCell(name)))
  if (header.includes('address')) return header
  throw mistake(`line ${line}`, 'name the columns here; one of them is address, or email')
}

function rowOf(line: number, header: readonly (string | undefined)[], cells: readonly string[]): Row {
  if (cells.length !== header.length) {
    return { line, problem: `there are ${cells.length} cells for ${header.length} columns` }
  }
  const values: Record<string, string> = {}
  for (const [index, column] of header.entries()) {
    const cell = unguardCell(cells[index] ?? '')
    if (column !== undefined && cell !== '') values[column] ??= cell
  }
  return { line, values }
}

function linesIn(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}
