import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Group, Terms } from '../group.ts'
import type { LoadOrder, Loaded as Posted } from '../load.ts'
import { type Child, start } from '../machine.ts'
import { median } from '../measure.ts'
import type { Bar, Row } from '../report.ts'
import type { ServerSpec } from '../server.ts'
import { loadSubject } from '../subjects.ts'

/** How a round went. */
export interface Loaded extends Posted {
  /** What the server computed for one request, in microseconds; what its database did is not in it. */
  readonly cpu: number
  /** The same in checks of an RSA signature, as long as they took before and after it. */
  readonly checks: number
}

type Setup = Pick<ServerSpec, 'framework' | 'store' | 'handler' | 'until'>

const FRAMEWORKS = ['express', 'koa', 'fastify', 'hono'] as const
const BY_HAND = 'by-hand node'

/** HTTP posts of SES to a reply of 200, by store and by binding. */
export const post: Group = {
  name: 'post',
  about: 'an HTTP post of SES to a durable 200, 50 connections',
  async measure(terms) {
    const setups = setupsOf(terms)
    const measured = await runFleet(terms, setups)
    const bare = measured.get(BY_HAND) ?? []
    const bySqlite = measured.get('by-hand-sqlite node') ?? []
    const row = (name: string, label: string, bar?: Bar): Row[] => {
      const loaded = measured.get(name)
      if (loaded === undefined) return []
      return [rateRow(label, loaded, bare, bar, `p99 ${p99(loaded).toFixed(0)} ms`)]
    }
    const sqlite = measured.get('sqlite node') ?? []
    return [
      ...row('by-hand-sqlite node', 'SQLite by hand'),
      ...row('memory node', 'memory'),
      ...row('sqlite node', 'SQLite', { atLeast: 0.85 }),
      rateRow('SQLite, to SQLite by hand', sqlite, bySqlite, { atLeast: 1 }),
      {
        name: 'SQLite, p99',
        ours: p99(sqlite),
        reference: p99(bySqlite),
        unit: 'ms',
        ratio: p99(sqlite) / 25,
        bar: { atMost: 1 },
        note: 'to 25 ms; the reference is SQLite by hand',
      },
      ...row('sqlite node handler', 'SQLite, with a handler'),
      ...row('postgres node', 'PostgreSQL', { atLeast: 0.75 }),
      ...row('mariadb node', 'MariaDB'),
      ...row('redis node', 'Redis'),
      ...FRAMEWORKS.flatMap((framework) => bindingRow(framework, measured)),
    ]
  },
}

/** What a binding keeps of our speed on bare Node, divided by what the framework keeps of the speed by hand. */
function bindingRow(framework: string, measured: ReadonlyMap<string, readonly Loaded[]>): Row[] {
  const [ours, byHand] = [measured.get(`memory ${framework}`), measured.get(`by-hand ${framework}`)]
  if (ours === undefined || byHand === undefined) return []
  const kept = rateRatio(ours, measured.get('memory node') ?? [])
  const cost = rateRatio(byHand, measured.get(BY_HAND) ?? [])
  return [
    {
      ...rateRow(`${framework}, to node`, ours, byHand, { atLeast: 0.9 }),
      ratio: kept / cost,
      note: `ours keeps ${kept.toFixed(2)} of node, by hand ${cost.toFixed(2)}`,
    },
  ]
}

function setupsOf({ short }: Terms): readonly Setup[] {
  const stores = short
    ? (['by-hand', 'by-hand-sqlite', 'memory', 'sqlite'] as const)
    : (['by-hand', 'by-hand-sqlite', 'memory', 'sqlite', 'postgres', 'mariadb', 'redis'] as const)
  const frameworks = short ? FRAMEWORKS.slice(0, 1) : FRAMEWORKS
  return [
    ...stores.map((store) => ({ framework: 'node', store }) as const),
    { framework: 'node', store: 'sqlite', handler: true },
    ...frameworks.flatMap((framework) => [
      { framework, store: 'by-hand' } as const,
      { framework, store: 'memory' } as const,
    ]),
  ]
}

/** How a setup is called. */
const nameOf = ({ store, framework, handler, until }: Setup): string =>
  [store, framework, handler === true ? 'handler' : [], until ?? []].flat().join(' ')

/**
 * Loads servers in turn, one at a time, all with the same posts; in each round to another account, where they are other
 * events.
 *
 * @param again each round once more, and that is what is measured: redeliveries
 * @returns by the names of the setups, what each round came to
 */
export async function runFleet(
  { built, rounds, short, progress }: Terms,
  setups: readonly Setup[],
  again = false,
): Promise<ReadonlyMap<string, readonly Loaded[]>> {
  const warmUps = 2
  const accounts = Array.from({ length: warmUps + rounds }, (_, index) => `ses-${index}`)
  progress('signing posts')
  const subject = await loadSubject('ses')
  const file = join(built.folder, 'posts.json')
  const count = short ? 1_500 : 4_000
  writeFileSync(file, JSON.stringify(subject.posts(count)))

  const { folder } = built
  const loader = start(new URL('../load.ts', import.meta.url), 1, { file })
  const servers: { readonly name: string; readonly child: Child; readonly loaded: Loaded[] }[] = []
  try {
    for (const setup of setups) {
      const spec: ServerSpec = { folder, subject: 'ses', accounts, ...setup }
      const child = start(new URL('../server.ts', import.meta.url), 0, spec)
      servers.push({ name: nameOf(setup), child, loaded: [] })
    }
    for (const [round, account] of accounts.entries()) {
      for (const { name, child, loaded } of round % 2 === 0 ? servers : servers.toReversed()) {
        progress(`${name}, round ${round + 1 - warmUps} of ${rounds}`)
        const port = await child.ask<number>({ what: 'port' })
        const order: LoadOrder = { port, path: `/webhooks/${account}`, connections: 50 }
        if (again) await loader.ask<Loaded>(order)
        const checkBefore = await child.ask<number>({ what: 'check' })
        const before = await child.ask<NodeJS.CpuUsage>({ what: 'cpu' })
        const result = await loader.ask<Loaded>(order)
        const after = await child.ask<NodeJS.CpuUsage>({ what: 'cpu' })
        const check = (checkBefore + (await child.ask<number>({ what: 'check' }))) / 2
        const cpu = (after.user + after.system - before.user - before.system) / count
        if (round >= warmUps) loaded.push({ ...result, cpu, checks: cpu / check })
      }
    }
  } finally {
    await Promise.all([loader, ...servers.map(({ child }) => child)].map((child) => child.stop()))
  }
  return new Map(servers.map(({ name, loaded }) => [name, loaded]))
}

/** A row of two servers, in requests a second. */
export function rateRow(
  name: string,
  ours: readonly Loaded[],
  reference: readonly Loaded[],
  bar?: Bar,
  note?: string,
): Row {
  const cpu = median(ours.map((one) => one.cpu))
  return {
    name,
    ours: rate(ours),
    reference: rate(reference),
    unit: '/s',
    ratio: rateRatio(ours, reference),
    ...(bar === undefined ? {} : { bar }),
    note: [`${cpu.toFixed(0)} µs of cpu`, note ?? []].flat().join(', '),
  }
}

const rate = (loaded: readonly Loaded[]): number => median(loaded.map((one) => one.perSecond))
const p99 = (loaded: readonly Loaded[]): number => median(loaded.map((one) => one.p99))

/** The median over the rounds of one rate divided by the other of the same round. */
const rateRatio = (ours: readonly Loaded[], others: readonly Loaded[]): number =>
  median(ours.map((one, round) => one.perSecond / (others[round]?.perSecond ?? Number.NaN)))
