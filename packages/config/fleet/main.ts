import { parseArgs } from 'node:util'
import { type FleetReport, runFleet } from './fleet.ts'

const USAGE = `pnpm --filter @bouncy/config fleet [--events N] [--receivers N] [--workers N] [--kill-every SECONDS] [--seed N]

  --events      genuine events; 10 % duplicates and 5 % forgeries come on top (default 10000)
  --receivers   processes that receive (default 4)
  --workers     processes that run handlers (default 2)
  --kill-every  two processes are killed at random this often, in seconds; 0 for never (default 5)
  --alone       events for one process that does all, without kills, to compare with; 0 for none (default: as many)
  --seed        repeats the mixture and the choice of victims (default 1)
`

/**
 * Several receivers and workers on one PostgreSQL and one Redis, whose processes are killed all the time, against one
 * process that is left in peace.
 *
 * @returns the exit code: 0 all is well, 1 something was lost, doubled or forged, 2 the command line was not understood
 */
export async function main(
  args: readonly string[],
  out: Pick<NodeJS.WriteStream, 'write'> = process.stdout,
): Promise<number> {
  const wanted = read(args)
  if (wanted === undefined) {
    out.write(USAGE)
    return 2
  }
  const say = (line: string): void => void out.write(`${line}\n`)
  const { events, receivers, workers, seed, alone } = wanted
  const mixture = { duplicates: 0.1, forgeries: 0.05, seed }
  const killEveryMs = wanted['kill-every'] === 0 ? (false as const) : wanted['kill-every'] * 1_000

  say(`${receivers} receivers and ${workers} workers, ${events} events, seed ${seed}`)
  const fleet = await runFleet({ events, receivers, workers, both: 0, killEveryMs, ...mixture }, say)
  show(fleet, say)
  if (alone === 0) return fleet.faults.length === 0 ? 0 : 1

  say(`one process, ${alone} events, without kills`)
  const one = await runFleet(
    { events: alone, receivers: 0, workers: 0, both: 1, killEveryMs: false, ...mixture },
    say,
  )
  show(one, say)
  say(
    `the fleet against one process: ${ratio(accepted(fleet), accepted(one))} times accepted, ${ratio(handled(fleet), handled(one))} times handled`,
  )
  return fleet.faults.length + one.faults.length === 0 ? 0 : 1
}

function show(report: FleetReport, say: (line: string) => void): void {
  const { sent, found, kills, faults } = report
  say(
    `  sent        ${sent.genuine} events, ${sent.duplicates} duplicates, ${sent.forged} forgeries; ${sent.again} sent again`,
  )
  say(`  killed      ${kills} processes`)
  say(
    `  stored      ${found.events} events, ${found.suppressions} suppressions; ${found.lost} lost, ${found.forged} forged`,
  )
  say(
    `  effects     ${found.effects}; ${found.without} missing, ${found.twice} double; ${found.retried} after a worker was killed`,
  )
  say(
    `  throughput  ${accepted(report).toFixed(0)} accepted/s, ${handled(report).toFixed(0)} handled/s, in ${report.seconds.toFixed(1)} s`,
  )
  for (const fault of faults) say(`  FAULT       ${fault}`)
}

const accepted = ({ sent }: FleetReport): number => sent.genuine / sent.seconds
const handled = ({ found, seconds }: FleetReport): number => found.effects / seconds
const ratio = (one: number, other: number): string => (one / other).toFixed(2)

const DEFAULTS = { events: 10_000, receivers: 4, workers: 2, 'kill-every': 5, seed: 1 }

function read(args: readonly string[]): (typeof DEFAULTS & { readonly alone: number }) | undefined {
  const option = { type: 'string' } as const
  const options = { ...Object.fromEntries(Object.keys(DEFAULTS).map((key) => [key, option])), alone: option }
  try {
    const { values } = parseArgs({ args: [...args], options })
    const numbers = Object.entries(values).map(([key, value]) => [key, Number(value)] as const)
    if (numbers.some(([, value]) => !Number.isSafeInteger(value) || value < 0)) return undefined
    const given = { ...DEFAULTS, ...Object.fromEntries(numbers) }
    return { alone: given.events, ...given }
  } catch {
    return undefined
  }
}
