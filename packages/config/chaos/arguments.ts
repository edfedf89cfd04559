import { parseArgs } from 'node:util'
import { UsageError, whole } from '../usage.ts'
import { STORES, type StoreName } from './open-store.ts'
import { SABOTAGES, type Sabotage } from './sabotage.ts'
import type { Scenario, Size } from './scenario.ts'

/** What was asked for on the command line. */
export interface Wanted {
  /** What is run, in this order. */
  readonly runs: readonly { readonly scenario: Scenario; readonly store: StoreName }[]
  readonly seed: number
  readonly size: Size
  readonly sabotage?: Sabotage
  /** The options that were given, but for stores and seed. */
  readonly options: string
}

/** Those of the proof table. */
const FULL: Size = { kills: 100, recovery: 5_000, seconds: 60, events: 10_000, copies: 50 }
const SHORT: Size = { kills: 8, recovery: 5_000, seconds: 10, events: 500, copies: 10 }
const MAX_SEED = 0xffff_ffff

/** How the command is used. */
export function usageOf(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length))
  const lines = scenarios.map(
    ({ name, about, stores }) =>
      `  ${name.padEnd(width)}  ${about}\n  ${''.padEnd(width)}  ${stores.join(', ')}\n`,
  )
  return `pnpm chaos [scenario…] [--store STORE] [--short] [--kills N] [--recovery MS] [--seconds S] [--events N] [--seed X]

  scenario    one or several of those below; all without
  --store     only with this one, also several times; all without
  --short     a minute or two: ${figuresOf(SHORT)}
  --kills     how often the process is killed or the power cut (default ${FULL.kills})
  --recovery  how soon after a kill an event has to be acknowledged again, in ms (default ${FULL.recovery})
  --seconds   how long storage is out of reach, in each way; a full or read-only disk a sixth of it (default ${FULL.seconds})
  --events    how many events are redelivered (default ${FULL.events})
  --seed      a whole number that repeats the choices of a run (default: a new one)

${lines.join('')}`
}

const figuresOf = ({ kills, seconds, events }: Size): string =>
  `--kills ${kills} --seconds ${seconds} --events ${events}`

/**
 * Reads the command line.
 *
 * @returns `'help'` where that was asked for
 * @throws UsageError
 */
export function readArguments(
  args: readonly string[],
  scenarios: readonly Scenario[],
  newSeed: () => number,
): Wanted | 'help' {
  const { values, positionals } = parse(args)
  if (values.help === true) return 'help'
  const stores = values.store?.map((name) => oneOf('store', name, STORES))
  const chosen =
    positionals.length > 0
      ? [
          ...new Set(
            positionals.map((name) => scenarios.find((one) => one.name === name) ?? unknown(name, scenarios)),
          ),
        ]
      : scenarios
  const runs = chosen.flatMap((scenario) => {
    const { inShort = scenario.stores } = scenario
    const wanted = stores ?? (values.short === true ? inShort : scenario.stores)
    return scenario.stores.filter((store) => wanted.includes(store)).map((store) => ({ scenario, store }))
  })
  if (runs.length === 0) throw new UsageError('that scenario does not run with that store')
  const base = values.short === true ? SHORT : FULL
  const size = (option: 'kills' | 'recovery' | 'seconds' | 'events', most: number): number =>
    values[option] === undefined ? base[option] : whole(`--${option}`, values[option], 1, most)
  const sabotage = values.sabotage === undefined ? undefined : oneOf('sabotage', values.sabotage, SABOTAGES)
  return {
    runs,
    seed: values.seed === undefined ? newSeed() : whole('--seed', values.seed, 0, MAX_SEED),
    size: {
      kills: size('kills', 100_000),
      recovery: size('recovery', 600_000),
      seconds: size('seconds', 86_400),
      events: size('events', 1_000_000),
      copies: base.copies,
    },
    options: [
      ...(values.short === true ? ['--short'] : []),
      ...(['kills', 'recovery', 'seconds', 'events', 'sabotage'] as const).flatMap((option) =>
        values[option] === undefined ? [] : [`--${option} ${values[option]}`],
      ),
    ].join(' '),
    ...(sabotage === undefined ? {} : { sabotage }),
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        store: { ...text, multiple: true },
        short: flag,
        kills: text,
        recovery: text,
        seconds: text,
        events: text,
        seed: text,
        // of no use but to show that faults are found
        sabotage: text,
        help: { ...flag, short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError((error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '')
  }
}

function unknown(name: string, scenarios: readonly Scenario[]): never {
  throw new UsageError(
    `there is no scenario ${name}; there are ${scenarios.map((one) => one.name).join(', ')}`,
  )
}

function oneOf<T extends string>(what: string, name: string, known: readonly T[]): T {
  const found = known.find((one) => one === name)
  if (found === undefined) throw new UsageError(`there is no ${what} ${name}; there are ${known.join(', ')}`)
  return found
}
