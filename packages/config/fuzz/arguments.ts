import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { UsageError, whole } from '../usage.ts'
import type { FoundTarget } from './targets.ts'

/** What was asked for on the command line. */
export interface Wanted {
  /** What is run, in this order. */
  readonly runs: readonly { readonly target: FoundTarget; readonly mode: string }[]
  readonly seed: number
  /** For each of the runs. */
  readonly cases: number
  /** For all of them together. */
  readonly seconds: number
  readonly threads: number
  /** The one case to replay. */
  readonly only?: number
}

const DEFAULT_CASES = 2_000
const DEFAULT_SECONDS = 20
const MAX_SEED = 0xffff_ffff
/** What counts the case under way has 31 bits. */
const MAX_CASES = 0x7fff_ffff

/** How the command is used, with the targets that there are. */
export function usageOf(targets: readonly FoundTarget[]): string {
  const width = Math.max(...targets.map(({ name }) => name.length))
  return `pnpm fuzz [target…] [--mode MODE] [--cases N] [--seconds S] [--seed X] [--case N] [--threads N]

  target      one or several of those below; all without
  --mode      only this mode; all without
  --cases     how many for each target and mode (default ${DEFAULT_CASES} if there is no --seconds)
  --seconds   how long for all together (default ${DEFAULT_SECONDS} if there is no --cases)
  --seed      a whole number that repeats a run (default: a new one)
  --case      replays one case of a seed; wants --seed, one target, and its mode unless it is mutations
  --threads   how many work at once (default: one a core, at most 4)

${targets.map(({ name, modes }) => `  ${name.padEnd(width)}  ${modes.join(', ')}`).join('\n')}
`
}

/**
 * Reads the command line.
 *
 * @returns `'help'` where that was asked for
 * @throws UsageError
 */
export function readArguments(
  args: readonly string[],
  targets: readonly FoundTarget[],
  newSeed: () => number,
): Wanted | 'help' {
  const { values, positionals } = parse(args)
  if (values.help === true) return 'help'
  const only = values.case === undefined ? undefined : whole('--case', values.case, 0, MAX_CASES)
  if (only !== undefined && values.seed === undefined)
    throw new UsageError('--case wants the --seed it is of')
  const mode = values.mode ?? (only === undefined ? undefined : 'mutations')
  const runs = chosen(targets, positionals).flatMap((target) =>
    target.modes
      .filter((name) => mode === undefined || name === mode)
      .map((name) => ({ target, mode: name })),
  )
  if (runs.length === 0) throw new UsageError(`no target has a mode ${mode}`)
  if (only !== undefined && runs.length > 1) throw new UsageError('--case wants one target')
  const { cases, seconds } = values
  const unlimited = (other: string | undefined, otherwise: number) =>
    other === undefined ? otherwise : Infinity
  return {
    runs,
    seed: values.seed === undefined ? newSeed() : whole('--seed', values.seed, 0, MAX_SEED),
    cases: cases === undefined ? unlimited(seconds, DEFAULT_CASES) : whole('--cases', cases, 1, MAX_CASES),
    seconds: seconds === undefined ? unlimited(cases, DEFAULT_SECONDS) : whole('--seconds', seconds, 1, 1e6),
    threads:
      values.threads === undefined
        ? Math.min(4, availableParallelism())
        : whole('--threads', values.threads, 1, 64),
    ...(only === undefined ? {} : { only }),
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        mode: text,
        cases: text,
        seconds: text,
        seed: text,
        case: text,
        threads: text,
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function chosen(targets: readonly FoundTarget[], names: readonly string[]): readonly FoundTarget[] {
  if (names.length === 0) return targets
  return [...new Set(names)].map((name) => {
    const target = targets.find((one) => one.name === name)
    if (target === undefined) {
      const known = targets.map((one) => one.name).join(', ')
      throw new UsageError(`there is no target ${name}; there are ${known}`)
    }
    return target
  })
}
