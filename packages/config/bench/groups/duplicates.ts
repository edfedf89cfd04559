import type { Group } from '../group.ts'
import { rateRow, runFleet } from './post.ts'

/** The same posts once more, when they are stored already. */
export const duplicates: Group = {
  name: 'duplicates',
  about: 'posts of SES that are stored already, 50 connections',
  async measure(terms) {
    const measured = await runFleet(
      terms,
      [
        { framework: 'node', store: 'by-hand-sqlite' },
        { framework: 'node', store: 'sqlite' },
        { framework: 'node', store: 'sqlite', handler: true },
      ],
      true,
    )
    const byHand = measured.get('by-hand-sqlite node') ?? []
    return [
      rateRow('SQLite', measured.get('sqlite node') ?? [], byHand, { atLeast: 0.95 }, 'to SQLite by hand'),
      rateRow('SQLite, with a handler', measured.get('sqlite node handler') ?? [], byHand, { atLeast: 0.95 }),
    ]
  },
}
