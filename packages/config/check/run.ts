import { attw } from './attw.ts'
import { boundaries } from './boundaries.ts'
import { type Consumer, installConsumer } from './consumer.ts'
import { eventTable } from './event-table.ts'
import { install } from './install.ts'
import { packAll, type Tarball } from './pack.ts'
import { publintAll } from './publint.ts'
import { type Check, runChecks } from './report.ts'
import { runtimes } from './runtimes.ts'
import { shell } from './shell.ts'
import { publishedPackages, root } from './workspace.ts'

/**
 * `pnpm check`: everything that must hold besides the tests. `pnpm check lint sizes` runs those two.
 * What looks at packages as published comes after the build.
 */
const checks: readonly Check[] = [
  {
    name: 'types',
    run: () => shell('turbo run types types:repository --continue --output-logs=errors-only'),
  },
  { name: 'lint', run: () => shell('pnpm --silent lint') },
  { name: 'format', run: () => shell('pnpm --silent format:check') },
  { name: 'boundaries', run: () => boundaries(root) },
  { name: 'unused', run: () => shell('knip --config packages/config/knip.json --no-config-hints') },
  { name: 'events', run: () => eventTable() },
  { name: 'build', run: () => shell('turbo run build --continue --output-logs=errors-only') },
  { name: 'publint', run: async () => publintAll(await packed()) },
  { name: 'attw', run: async () => attw(await packed()) },
  { name: 'sizes', run: () => shell('size-limit', 'packages/config') },
  { name: 'install', run: async () => install(await installed(), await packed()) },
  { name: 'runtimes', run: async (note) => runtimes(await installed(), note) },
]

let tarballs: Promise<Tarball[]> | undefined
let consumer: Promise<Consumer> | undefined

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !checks.some((check) => check.name === name))
if (unknown.length > 0) {
  console.error(
    `no such check: ${unknown.join(', ')}; there are ${checks.map(({ name }) => name).join(', ')}`,
  )
  process.exit(2)
}
const failed = await runChecks(checks.filter(({ name }) => wanted.length === 0 || wanted.includes(name)))
process.exitCode = failed === 0 ? 0 : 1

function packed(): Promise<Tarball[]> {
  tarballs ??= packAll(publishedPackages())
  return tarballs
}

function installed(): Promise<Consumer> {
  consumer ??= packed().then(installConsumer)
  return consumer
}
