import { spawnSync } from 'node:child_process'
import type { Group } from '../group.ts'
import { median } from '../measure.ts'
import type { Row } from '../report.ts'

/** What may take how many milliseconds over an empty process. */
const BARS: Readonly<Record<string, number>> = { '@bouncy/core': 6, '@bouncy/core + @bouncy/ses': 12 }

/** Importing every entry of every package, over an empty process. */
export const imports: Group = {
  name: 'imports',
  about: 'importing a package, over an empty process',
  async measure({ built, rounds, short, progress }) {
    const names = ['node:crypto', '@bouncy/core + @bouncy/ses', ...built.entries]
    const wanted = short ? names.filter((name) => name === 'node:crypto' || name in BARS) : names
    const over = new Map<string, number[]>(wanted.map((name) => [name, []]))
    const computed = new Map<string, number[]>(wanted.map((name) => [name, []]))
    for (let round = 0; round < rounds * 3; round += 1) {
      progress(`round ${round + 1} of ${rounds * 3}`)
      for (const name of round % 2 === 0 ? wanted : wanted.toReversed()) {
        const empty = startUp(built.folder, [])
        const full = startUp(built.folder, name.split(' + '))
        over.get(name)?.push(full.wall - empty.wall)
        computed.get(name)?.push(full.cpu - empty.cpu)
      }
    }
    const reference = median(over.get('node:crypto') ?? [])
    return wanted.map((name): Row => {
      const ours = median(over.get(name) ?? [])
      const bar = BARS[name]
      const cpu = `${median(computed.get(name) ?? []).toFixed(1)} ms of cpu`
      const row = {
        name,
        ours,
        reference,
        unit: 'ms',
        ratio: ours / reference,
        note: `${cpu}, to node:crypto`,
      }
      return bar === undefined
        ? row
        : {
            ...row,
            ratio: ours / bar,
            bar: { atMost: 1 },
            note: `to ${bar} ms; the reference is node:crypto`,
          }
    })
  },
}

/** From the start of a process to the end of its imports, and what all its threads computed, in milliseconds. */
function startUp(
  folder: string,
  specifiers: readonly string[],
): { readonly wall: number; readonly cpu: number } {
  const lines = specifiers.map((specifier) => `import ${JSON.stringify(specifier)}`)
  const source = [...lines, SAY].join('\n')
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (stdout === '') throw new Error(`${specifiers} cannot be imported\n${stderr}`)
  return JSON.parse(stdout) as ReturnType<typeof startUp>
}

const SAY = `
const wall = performance.now()
const { user, system } = process.cpuUsage()
process.stdout.write(JSON.stringify({ wall, cpu: (user + system) / 1_000 }))
`
