import { randomInt } from 'node:crypto'
import { UsageError } from '../usage.ts'
import { readArguments, usageOf, type Wanted } from './arguments.ts'
import { type Result, runFleet } from './fleet.ts'
import {
  endProgress,
  type Output,
  printable,
  type Row,
  showFindings,
  showProgress,
  showSummary,
} from './report.ts'
import { type FoundTarget, findTargets } from './targets.ts'

/** What the command uses; for tests. */
export interface Surroundings {
  /** @default standard output */
  readonly out?: Output
  /** @default those of the providers */
  readonly targets?: readonly FoundTarget[]
}

/**
 * `pnpm fuzz`: throws changed requests at the providers and says what should not have happened.
 *
 * @returns the exit code: 0 nothing found, 1 something found, 2 the command line was not understood
 */
export async function main(args: readonly string[], surroundings: Surroundings = {}): Promise<number> {
  const { out = process.stdout } = surroundings
  const targets = surroundings.targets ?? (await findTargets())
  try {
    const wanted = readArguments(args, targets, () => randomInt(2 ** 32))
    if (wanted !== 'help') return await runAll(wanted, out)
    out.write(usageOf(targets))
    return 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    out.write(`${error.message}\n\n${usageOf(targets)}`)
    return 2
  }
}

async function runAll(wanted: Wanted, out: Output): Promise<number> {
  const { seed, only, runs } = wanted
  out.write(`seed ${seed}\n`)
  const ends = Date.now() + wanted.seconds * 1_000
  const rows: Row[] = []
  for (const [index, { target, mode }] of runs.entries()) {
    const share = (ends - Date.now()) / (runs.length - index)
    const { name } = target
    const result = await runFleet(
      {
        file: target.file,
        name,
        mode,
        seed,
        cases: wanted.cases,
        until: Date.now() + share,
        threads: wanted.threads,
        ...(only === undefined ? {} : { only }),
      },
      showProgress(out, name, mode, wanted.cases),
    )
    endProgress(out)
    const row = { target: name, mode, result }
    if (only !== undefined) out.write(`${printable(result.report ?? `there is no case ${only}`)}\n`)
    showFindings(out, row, seed)
    rows.push(row)
  }
  if (only === undefined) showSummary(out, rows)
  return rows.some(({ result }) => isBad(result)) ? 1 : 0
}

const isBad = ({ findings }: Result): boolean => findings.length > 0
