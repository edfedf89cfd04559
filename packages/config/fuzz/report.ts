import { styleText } from 'node:util'
import type { Finding, Result } from './fleet.ts'

/** The slice of a terminal's stream that is written to. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
}

/** A run that is over. */
export interface Row {
  readonly target: string
  readonly mode: string
  readonly result: Result
}

/** Different faults of one run that are shown; of each, the first case. */
const MOST_FAULTS = 10

/** Shows how far a run is, on one line that is written again and again; nothing where no terminal looks on. */
export function showProgress(
  out: Output,
  target: string,
  mode: string,
  cases: number,
): (soFar: Result) => void {
  let shown = 0
  return (soFar) => {
    if (out.isTTY !== true || performance.now() - shown < 100) return
    shown = performance.now()
    const of = Number.isFinite(cases) ? ` of ${figure(cases)}` : ''
    const rate = figure(Math.round(casesOf(soFar) / soFar.seconds))
    const line = `${target} ${mode}  ${figure(casesOf(soFar))}${of}  ${rate}/s  ${soFar.findings.length} findings`
    out.write(`\r\u001b[K${line}`)
  }
}

/** Takes the line of progress away. */
export function endProgress(out: Output): void {
  if (out.isTTY === true) out.write('\r\u001b[K')
}

/** Each fault once: how often, its first case, and the command that shows it again. */
export function showFindings(out: Output, { target, mode, result }: Row, seed: number): void {
  const byFault = Map.groupBy(result.findings, ({ fault }) => fault)
  for (const [fault, [first, ...more]] of [...byFault].slice(0, MOST_FAULTS)) {
    if (first === undefined) continue
    const often = more.length > 0 ? `, and ${figure(more.length)} more` : ''
    out.write(`${paint('red', '✗', out)} ${target} ${mode}: ${printable(fault)}\n`)
    out.write(`    seed ${seed}, case ${first.case}${often}: ${printable(first.name.slice(0, 200))}\n`)
    out.write(`    ${reproduction(target, mode, seed, first)}\n`)
  }
  const left = byFault.size - MOST_FAULTS
  if (left > 0) out.write(`    … and ${left} other faults\n`)
}

/** Text from a stranger, with nothing in it that a terminal would obey. */
export function printable(text: string): string {
  return text.replaceAll(/[^ -~\n→…]/g, (odd) => `\\u${odd.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The command that replays a case. */
function reproduction(target: string, mode: string, seed: number, finding: Pick<Finding, 'case'>): string {
  const modeArgument = mode === 'mutations' ? '' : ` --mode ${mode}`
  return `pnpm fuzz ${target}${modeArgument} --seed ${seed} --case ${finding.case}`
}

/** One line for each run, in columns. */
export function showSummary(out: Output, rows: readonly Row[]): void {
  const refused = [...new Set(rows.flatMap(({ result }) => [...result.statuses.keys()]))]
    .filter((status) => status !== 200)
    .sort((a, b) => a - b)
  const head = ['target', 'mode', 'cases', 'accepted', ...refused.map(nameOf), 'findings', 'cases/s']
  const lines = rows.map(({ target, mode, result }) => [
    target,
    mode,
    ...[
      casesOf(result),
      result.statuses.get(200) ?? 0,
      ...refused.map((status) => result.statuses.get(status) ?? 0),
      result.findings.length,
      Math.round(casesOf(result) / Math.max(result.seconds, 0.001)),
    ].map(figure),
  ])
  showTable(
    out,
    head,
    lines,
    rows.map(({ result }) => result.findings.length > 0),
  )
}

/** Aligned columns, the first two of words and the others of figures, each line with a mark for good or bad. */
export function showTable(
  out: Output,
  head: readonly string[],
  lines: readonly (readonly string[])[],
  bad: readonly boolean[],
): void {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  )
  const align = (line: readonly string[]): string =>
    line
      .map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
  out.write(`\n  ${align(head)}\n`)
  for (const [index, line] of lines.entries()) {
    out.write(`${bad[index] ? paint('red', '✗', out) : paint('green', '✓', out)} ${align(line)}\n`)
  }
}

function casesOf({ statuses }: Result): number {
  return [...statuses.values()].reduce((sum, count) => sum + count, 0)
}

const nameOf = (status: number): string => (status === 0 ? 'no reply' : String(status))

/** With separators between thousands. */
export const figure = (value: number): string => value.toLocaleString('en')

/** Coloured where a terminal looks on. */
export function paint(colour: 'red' | 'green' | 'yellow', text: string, out: Output): string {
  return out.isTTY === true ? styleText(colour, text) : text
}
