import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { MailEvent } from '@bouncy/core'
import { runBatch, seriesOf } from '../fuzz/run-cases.ts'
import type { FuzzTarget } from '../fuzz/target.ts'
import { findTargets } from '../fuzz/targets.ts'
import { root } from './workspace.ts'

const FILE = 'packages/core/events.md'
const SEED = 1
const BATCHES = 3

/** The rows: every normalised event, bounces by their class. */
const ROWS = [
  'bounce, hard',
  'bounce, soft',
  'bounce, undetermined',
  'complaint',
  'delivery',
  'deferral',
  'reject',
  'failure',
  'send',
  'open',
  'click',
  'unsubscribe',
  'resubscribe',
  'autoreply',
] as const satisfies readonly (`bounce, ${string}` | MailEvent['type'])[]

/**
 * The table of events against providers in `packages/core/events.md`, made by having each provider read the posts
 * of its fuzz target; what it accepts is genuine, or differs where nothing is proved.
 *
 * @param write writes the file instead of comparing it
 * @returns what is wrong with the file
 */
export async function eventTable({ write = false } = {}): Promise<string[]> {
  const text = await render()
  const path = join(root, FILE)
  if (write) writeFileSync(path, text)
  return readFileSync(path, 'utf8') === text ? [] : [`${FILE} is not what the code does: run \`pnpm events\``]
}

async function render(): Promise<string> {
  const columns = new Map<string, ReadonlySet<string>>()
  for (const { name, file } of await findTargets()) {
    if (name !== 'sns') columns.set(name, await eventsOf(name, file))
  }
  const names = [...columns.keys()]
  const rows = ROWS.map((row) => [row, ...names.map((name) => (columns.get(name)?.has(row) ? '●' : ''))])
  return `# Events and who reports them

Made by \`pnpm events\` from what each provider's package does with the posts of that provider; \`pnpm check\` compares it.
What an event means stands in [events.ts](./src/events.ts), which words of a provider lead to it in the README of its package.

${[['event', ...names], ['---', ...names.map(() => ':-:')], ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
`
}

/** The kinds of events that a provider makes of the posts that it accepts. */
async function eventsOf(name: string, file: string): Promise<ReadonlySet<string>> {
  const { target } = (await import(pathToFileURL(file).href)) as { readonly target: FuzzTarget }
  const series = seriesOf(target, name, 'mutations', SEED)
  const kinds = new Set<string>()
  for (let batch = 0; batch < BATCHES; batch += 1) {
    for await (const { observed } of runBatch(series, batch, Number.POSITIVE_INFINITY)) {
      for (const { event } of observed.recorded.flatMap(({ events }) => events)) {
        kinds.add(event.type === 'bounce' ? `bounce, ${event.bounceType}` : event.type)
      }
    }
  }
  return kinds
}

if (process.argv[1] === import.meta.filename) process.exitCode = (await eventTable({ write: true })).length
