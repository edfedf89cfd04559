import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { UsageError } from '../usage.ts'
import { readArguments, usageOf, type Wanted } from './arguments.ts'
import { buildAll } from './built.ts'
import type { Group } from './group.ts'
import { duplicates } from './groups/duplicates.ts'
import { events } from './groups/events.ts'
import { imports } from './groups/imports.ts'
import { memory } from './groups/memory.ts'
import { post } from './groups/post.ts'
import { refusals } from './groups/refusals.ts'
import { stages } from './groups/stages.ts'
import { suppressions } from './groups/suppressions.ts'
import { verify } from './groups/verify.ts'
import { volume } from './groups/volume.ts'
import { endProgress, isCleared, type Output, type Placed, showProgress, showTable } from './report.ts'

const GROUPS: readonly Group[] = [
  verify,
  events,
  post,
  stages,
  duplicates,
  refusals,
  suppressions,
  imports,
  volume,
  memory,
]

/**
 * `pnpm bench`: compares the packages as they are published with code written by hand for the same work.
 *
 * @returns the exit code: 0 measured, whatever the figures, 2 the command line was not understood
 * @throws Error where something could not be measured
 */
export async function main(args: readonly string[], out: Output = process.stdout): Promise<number> {
  let wanted: Wanted | 'help'
  try {
    wanted = readArguments(args, GROUPS)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    out.write(`${error.message}\n`)
    return 2
  }
  if (wanted === 'help') out.write(usageOf(GROUPS))
  else await measureAll(wanted, out)
  return 0
}

async function measureAll(wanted: Wanted, out: Output): Promise<void> {
  const progress = (what: string): void => showProgress(out, what)
  progress('packages: building and laying them out as they are published')
  const built = await buildAll()
  const rows: Placed[] = []
  for (const group of GROUPS.filter(({ name }) => wanted.groups.includes(name))) {
    const measured = await group.measure({
      ...wanted,
      forMs: wanted.short ? 40 : 120,
      built,
      progress: (what) => progress(`${group.name}: ${what}`),
    })
    rows.push(...measured.map((row) => ({ group: `${group.name}: ${group.about}`, ...row })))
  }
  endProgress(out)
  showTable(out, rows)
  if (wanted.json !== undefined) writeFileSync(wanted.json, toJson(rows, wanted))
}

function toJson(rows: readonly Placed[], { rounds, short, large, soak }: Wanted): string {
  const machine = { node: process.version, cores: cpus().length, cpu: cpus()[0]?.model }
  const judged = rows.map((row) => ({ ...row, cleared: isCleared(row) ?? null }))
  return `${JSON.stringify({ machine, rounds, short, large, soak, rows: judged }, undefined, 2)}\n`
}
