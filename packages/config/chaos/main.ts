import { randomInt } from 'node:crypto'
import { createRandom } from '../fuzz/random.ts'
import type { Output } from '../fuzz/report.ts'
import { UsageError } from '../usage.ts'
import { readArguments, usageOf, type Wanted } from './arguments.ts'
import { LeftOut, Missing } from './missing.ts'
import { createProgress, type Row, showBreak, showFaults, showNote, showSummary } from './report.ts'
import type { Run } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'

/** What the command uses; for tests. */
export interface Surroundings {
  /** @default standard output */
  readonly out?: Output
  /** @default standard error */
  readonly err?: Pick<Output, 'write'>
  /** Whether what is missing on this machine is a failure. @default where the environment says `CI=true` */
  readonly strict?: boolean
}

/**
 * `pnpm chaos`: kills, cuts and fills what Bouncy runs on, and compares what it had acknowledged with what is there.
 *
 * @returns the exit code: 0 all as promised, 1 not, 2 the command line was not understood
 */
export async function main(args: readonly string[], surroundings: Surroundings = {}): Promise<number> {
  const { out = process.stdout, err = process.stderr, strict = process.env.CI === 'true' } = surroundings
  try {
    const wanted = readArguments(args, SCENARIOS, () => randomInt(2 ** 32))
    if (wanted !== 'help') return await runAll(wanted, out, strict)
    out.write(usageOf(SCENARIOS))
    return 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    err.write(`${error.message}; pnpm chaos --help says more\n`)
    return 2
  }
}

async function runAll(wanted: Wanted, out: Output, strict: boolean): Promise<number> {
  const { runs, seed, size, sabotage } = wanted
  out.write(`seed ${seed}\n`)
  const rows: Row[] = []
  let failed = false
  for (const { scenario, store } of runs) {
    const progress = createProgress(out, scenario.name, store)
    const cleaning = createCleaning()
    const began = performance.now()
    try {
      const result = await scenario.run({
        store,
        size,
        random: (name) => createRandom(seed, scenario.name, store, name),
        tell: progress.tell,
        note(what) {
          progress.end()
          showNote(out, scenario.name, store, what)
        },
        atEnd: cleaning.add,
        ...(sabotage === undefined ? {} : { sabotage }),
      })
      const row = { scenario: scenario.name, store, result, seconds: (performance.now() - began) / 1_000 }
      progress.end()
      showFaults(out, row, wanted)
      rows.push(row)
      if (result.faults.length > 0) failed = true
    } catch (error) {
      progress.end()
      if (error instanceof LeftOut) {
        showNote(out, scenario.name, store, `left out, ${error.message}`)
      } else if (error instanceof Missing) {
        showNote(out, scenario.name, store, `not shown, ${error.message}`)
        if (strict) failed = true
      } else {
        showBreak(out, scenario.name, store, error)
        failed = true
      }
    } finally {
      await cleaning.clean()
    }
  }
  showSummary(out, rows)
  return failed ? 1 : 0
}

/** Takes down, last things first, what a run set up; also where somebody ends the command. */
function createCleaning(): { readonly add: Run['atEnd']; clean(): Promise<void> } {
  const steps: (() => Promise<void>)[] = []
  let cleaning: Promise<void> | undefined
  // a run that breaks because it is being taken down waits for that; no step may overtake another
  const clean = (): Promise<void> => (cleaning ??= takeDown())
  async function takeDown(): Promise<void> {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) await step()
  }
  function interrupted(): void {
    void clean().finally(() => process.exit(130))
  }
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  return { add: (step) => void steps.push(step), clean }
}
