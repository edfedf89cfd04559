import { figure, type Output, paint, printable, showTable } from '../fuzz/report.ts'
import type { Wanted } from './arguments.ts'
import type { Result } from './scenario.ts'

/** A run that is over. */
export interface Row {
  readonly scenario: string
  readonly store: string
  readonly result: Result
  readonly seconds: number
}

/** Where no terminal looks on, a line of progress is written this often, in milliseconds. */
const LINE_EVERY_MS = 10_000
const MOST_FAULTS = 10

/** Shows how far a run is: on one line that is written again and again, or on a plain one from time to time. */
export function createProgress(
  out: Output,
  scenario: string,
  store: string,
): { readonly tell: (progress: string) => void; end(): void } {
  let shown = performance.now()
  return {
    tell(progress) {
      if (performance.now() - shown < (out.isTTY === true ? 100 : LINE_EVERY_MS)) return
      shown = performance.now()
      const line = `${scenario} ${store}  ${progress}`
      out.write(out.isTTY === true ? `\r\u001b[K${line}` : `${line}\n`)
    },
    end() {
      if (out.isTTY === true) out.write('\r\u001b[K')
    },
  }
}

/** What was not as promised, and the command that does the same again. */
export function showFaults(
  out: Output,
  { scenario, store, result }: Row,
  { seed, options }: Pick<Wanted, 'seed' | 'options'>,
): void {
  for (const fault of result.faults.slice(0, MOST_FAULTS))
    out.write(`${paint('red', '✗', out)} ${scenario} ${store}: ${printable(fault)}\n`)
  const left = result.faults.length - MOST_FAULTS
  if (left > 0) out.write(`    … and ${left} other faults\n`)
  if (result.faults.length === 0) return
  const again = [`pnpm chaos ${scenario} --store ${store}`, options, `--seed ${seed}`]
  out.write(`    ${again.filter((part) => part !== '').join(' ')}\n`)
}

/** A run that did not come to its end. */
export function showBreak(out: Output, scenario: string, store: string, error: unknown): void {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  out.write(`${paint('red', '✗', out)} ${scenario} ${store}: ${printable(reason)}\n`)
}

/** What is otherwise on this machine, or cannot be shown here. */
export function showNote(out: Output, scenario: string, store: string, note: string): void {
  out.write(`${paint('yellow', '-', out)} ${scenario} ${store}: ${printable(note)}\n`)
}

/** One line for each run, in columns. */
export function showSummary(out: Output, rows: readonly Row[]): void {
  const head = [
    'scenario',
    'store',
    'kills',
    'posts',
    'events',
    'acknowledged',
    'lost',
    'double',
    'slowest',
    'recovery',
    'time',
  ]
  const lines = rows.map(({ scenario, store, result, seconds }) => [
    scenario,
    store,
    rounded(result.kills),
    ...[result.posts, result.events, result.acknowledged, result.lost, result.doubles].map((count) =>
      figure(count),
    ),
    rounded(result.slowestMs, ' ms'),
    rounded(result.recoveryMs, ' ms'),
    rounded(seconds, ' s'),
  ])
  showTable(
    out,
    head,
    lines,
    rows.map(({ result }) => result.faults.length > 0),
  )
}

const rounded = (value: number | undefined, unit = ''): string =>
  value === undefined ? '' : `${figure(Math.round(value))}${unit}`
