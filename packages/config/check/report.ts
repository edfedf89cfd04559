import { styleText } from 'node:util'

/** One thing that must hold. */
export interface Check {
  readonly name: string
  /**
   * Resolves what is wrong, as text to print; nothing when all is well.
   * @param note prints something that is worth knowing and not wrong
   */
  run(note: (text: string) => void): Promise<readonly string[]>
}

/** The slice of a terminal's stream that is written to. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
}

/**
 * Runs the checks one after another, prints a line for each with its notes and what fails, and closes with `N passed, N failed`.
 * On a terminal the running check and its seconds are shown meanwhile.
 *
 * @returns how many failed
 */
export async function runChecks(checks: readonly Check[], out: Output = process.stdout): Promise<number> {
  const width = Math.max(...checks.map(({ name }) => name.length))
  let failed = 0
  for (const check of checks) {
    const started = performance.now()
    const row = (mark: string) =>
      `${mark} ${check.name.padEnd(width)}  ${seconds(performance.now() - started)}`
    const stopProgress = showProgress(out, () => row('…'))
    const notes: string[] = []
    const problems = await problemsOf(check, (text) => notes.push(text))
    stopProgress()
    out.write(`${row(problems.length === 0 ? green('✓', out) : red('✗', out))}\n`)
    for (const problem of [...notes, ...problems]) out.write(`${indent(problem)}\n`)
    if (problems.length > 0) failed += 1
  }
  out.write(`\n${checks.length - failed} passed, ${failed} failed\n`)
  return failed
}

async function problemsOf(check: Check, note: (text: string) => void): Promise<readonly string[]> {
  try {
    return await check.run(note)
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)]
  }
}

function showProgress(out: Output, row: () => string): () => void {
  if (out.isTTY !== true) return () => {}
  out.write(row())
  const timer = setInterval(() => out.write(`\r${row()}`), 100)
  return () => {
    clearInterval(timer)
    out.write('\r')
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(6)} s`
}

function indent(text: string): string {
  return text.trimEnd().replace(/^/gm, '    ')
}

function green(text: string, out: Output): string {
  return out.isTTY === true ? styleText('green', text) : text
}

function red(text: string, out: Output): string {
  return out.isTTY === true ? styleText('red', text) : text
}
