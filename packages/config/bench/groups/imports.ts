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
    for (let round = 0; round < rounds * 3; round += 1) {
      progress(`round ${round + 1} of ${rounds * 3}`)
      for (const name of round % 2 === 0 ? wanted : wanted.toReversed()) {
        const empty = startUp(built.folder, [])
        over.get(name)?.push(startUp(built.folder, name.split(' + ')) - empty)
      }
    }
    const reference = median(over.get('node:crypto') ?? [])
    return wanted.map((name): Row => {
      const ours = median(over.get(name) ?? [])
      const bar = BARS[name]
      const row = { name, ours, reference, unit: 'ms', ratio: ours / reference, note: 'to node:crypto' }
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

/** From the start of a process to the end of its imports, in milliseconds. */
function startUp(folder: string, specifiers: readonly string[]): number {
  const lines = specifiers.map((specifier) => `import ${JSON.stringify(specifier)}`)
  const source = [...lines, 'process.stdout.write(String(performance.now()))'].join('\n')
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: folder,
    encoding: 'utf8',
  })
  const took = Number(stdout)
  if (stdout === '' || Number.isNaN(took)) throw new Error(`${specifiers} cannot be imported\n${stderr}`)
  return took
}
