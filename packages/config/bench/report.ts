import { styleText } from 'node:util'

/** The slice of a terminal's stream that is written to. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
}

/** One comparison. */
export interface Row {
  readonly name: string
  /** In `unit`. */
  readonly ours: number
  readonly reference: number
  readonly unit: string
  /** What is compared: ours divided by the reference, unless the row says otherwise. */
  readonly ratio: number
  /** What the ratio shall be; none: shown for information. */
  readonly bar?: Bar
  /** What the reference is, and what else is to be said. */
  readonly note?: string
}

/** A bar that ratios have to clear. */
export type Bar = { readonly atMost: number } | { readonly atLeast: number }

/** A row with the group that it belongs to. */
export interface Placed extends Row {
  readonly group: string
}

/** Whether a row clears its bar; `undefined` where it has none. */
export function isCleared({ ratio, bar }: Pick<Row, 'ratio' | 'bar'>): boolean | undefined {
  if (bar === undefined) return undefined
  return 'atMost' in bar ? ratio <= bar.atMost : ratio >= bar.atLeast
}

/** Says what is being measured, on one line that is written again; a line each where no terminal looks on. */
export function showProgress(out: Output, what: string): void {
  out.write(out.isTTY === true ? `\r\u001b[K… ${what}` : `… ${what}\n`)
}

/** Takes the line of progress away. */
export function endProgress(out: Output): void {
  if (out.isTTY === true) out.write('\r\u001b[K')
}

/** All rows in aligned columns, by group, and the count of those that clear their bar. */
export function showTable(out: Output, rows: readonly Placed[]): void {
  const head = ['', 'ours', 'reference', 'unit', 'ratio', 'bar', '']
  const lines = rows.map((row) => [
    row.name,
    figure(row.ours),
    figure(row.reference),
    row.unit,
    row.ratio.toFixed(2),
    barText(row.bar),
    row.note ?? '',
  ])
  const widths = head.map((title, at) =>
    Math.max(title.length, ...lines.map((line) => line[at]?.length ?? 0)),
  )
  const align = (line: readonly string[]): string =>
    line
      .map((cell, at) =>
        at === 0 || at === 3 || at === 6 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd()
  let group = ''
  for (const [index, row] of rows.entries()) {
    if (row.group !== group) out.write(`\n${row.group}\n  ${align(head)}\n`)
    group = row.group
    out.write(`${mark(row, out)} ${align(lines[index] ?? [])}\n`)
  }
  const judged = rows.map(isCleared).filter((cleared) => cleared !== undefined)
  const cleared = judged.filter(Boolean).length
  out.write(`\n${cleared} of ${judged.length} bars cleared\n`)
}

function mark(row: Row, out: Output): string {
  const cleared = isCleared(row)
  if (cleared === undefined) return ' '
  return cleared ? paint('green', '✓', out) : paint('red', '✗', out)
}

function barText(bar: Bar | undefined): string {
  if (bar === undefined) return ''
  return 'atMost' in bar ? `≤ ${bar.atMost}` : `≥ ${bar.atLeast}`
}

/** Three digits that count. */
function figure(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}

const paint = (colour: 'red' | 'green', text: string, out: Output): string =>
  out.isTTY === true ? styleText(colour, text) : text
