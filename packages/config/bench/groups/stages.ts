import type { Group } from '../group.ts'
import { median } from '../measure.ts'
import { runFleet } from './post.ts'

const BY_HAND = { framework: 'node', store: 'by-hand' } as const
const MEMORY = { framework: 'node', store: 'memory' } as const

/** Servers by what they do with a post: ours each more than the one before it, with what is by hand beside them. */
const STAGES = [
  ['by hand, bytes read', { ...BY_HAND, until: 'read' }],
  ['bytes read', { ...MEMORY, until: 'read' }],
  ['verified', { ...MEMORY, until: 'verified' }],
  ['parsed', { ...MEMORY, until: 'parsed' }],
  ['all but the store', { ...MEMORY, until: 'decided' }],
  ['stored in memory', MEMORY],
  ['SQLite by hand', { framework: 'node', store: 'by-hand-sqlite' }],
  ['stored in SQLite', { framework: 'node', store: 'sqlite' }],
] as const

/** Where the time of a post goes: the CPU of servers that stop after each step. */
export const stages: Group = {
  name: 'stages',
  about: 'CPU of a post of SES up to a step, in checks of an RSA signature; to verified and parsed by hand',
  async measure(terms) {
    const measured = await runFleet(terms, [BY_HAND, ...STAGES.map(([, setup]) => setup)])
    const [reference = Number.NaN, ...stages] = [...measured.values()].map((loaded) =>
      median(loaded.map(({ checks }) => checks)),
    )
    // a check before and after each round makes the rounds comparable, so that the medians themselves are compared
    return STAGES.map(([name], index) => {
      const ours = stages[index] ?? Number.NaN
      return { name, ours, reference, unit: 'RSA', ratio: ours / reference }
    })
  },
}
