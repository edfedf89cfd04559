/**
 * `pnpm demo`: starts the example on a free port with a fresh database, sends it what providers and attackers would
 * send, and says what came of each. Exits 0 only if every outcome is the expected one. `--serve` leaves it running.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bouncy, Logger, MailEvent } from '@bouncy/core'
import { createSnsSigner } from '@bouncy/sns/testing'
import { createApp } from './app.ts'
import { heading, line, paint, row } from './table.ts'
import { type Chapter, chapters, type Step, SUPPRESSED } from './traffic.ts'

const TOPIC_ARN = 'arn:aws:sns:us-east-1:111122223333:mail-events'
const PASSWORD = 'demo-secret'

const folder = mkdtempSync(join(tmpdir(), 'bouncy-demo-'))
const amazon = createSnsSigner()
const reasons: string[] = []
const { app, bouncy } = createApp({
  database: join(folder, 'bouncy.db'),
  topicArn: TOPIC_ARN,
  postmarkPassword: PASSWORD,
  fetch: amazon.fetch,
  logger: reasonLogger(),
})
const server = app.listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const started = performance.now()
let unexpected = 0
console.log(`${paint('bold', 'Bouncy')} listens on ${url} and writes to a fresh SQLite file.`)
for (const chapter of chapters({ amazon, topicArn: TOPIC_ARN, password: PASSWORD })) await play(chapter)
await showSuppressions()
await showFilter()
const seconds = ((performance.now() - started) / 1000).toFixed(1)
console.log(
  unexpected === 0
    ? `\n${paint('green', 'Every outcome is the expected one')} (${seconds} s).`
    : `\n${paint('red', `${unexpected} outcomes are not the expected ones`)} (${seconds} s).`,
)

if (process.argv.includes('--serve')) {
  const curl = [
    `curl -i -u 'hook:${PASSWORD}' ${url}/webhooks/postmark \\`,
    `  -d '{"RecordType":"SpamComplaint","ID":1,"Email":"you@example.com"}'`,
  ]
  heading('Left running; stop it with Ctrl-C')
  row('webhooks', 13, `${url}/webhooks/ses`)
  row('', 13, `${url}/webhooks/postmark`)
  row('suppressions', 13, `${url}/suppressions`)
  console.log(`\n${curl.join('\n')}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
} else {
  await stop()
}

async function stop(): Promise<void> {
  server.close()
  server.closeAllConnections()
  await bouncy.close()
  rmSync(folder, { recursive: true, force: true })
  process.exitCode = unexpected === 0 ? 0 : 1
}

async function play({ title, steps }: Chapter): Promise<void> {
  heading(title)
  for (const step of steps) {
    const known = new Set((await allEvents(bouncy)).map((event) => event.id))
    const asked = amazon.requests.length
    reasons.length = 0
    const statuses = await Promise.all(Array.from({ length: step.copies ?? 1 }, () => send(step)))
    const fresh = (await allEvents(bouncy)).filter((event) => !known.has(event.id))
    const confirmed = amazon.requests.slice(asked).some((request) => request.includes('ConfirmSubscription'))
    const recorded = confirmed ? 'subscription confirmed' : (reasons[0] ?? summary(fresh))
    const reply = summarise(statuses)
    const expected = reply === summarise(statuses.map(() => step.status)) && recorded === step.recorded
    if (!expected) unexpected += 1
    line(
      step.what,
      reply,
      expected ? recorded : `${recorded} (expected ${step.status}: ${step.recorded})`,
      expected,
    )
  }
}

async function send({ provider, post }: Step): Promise<number> {
  const response = await fetch(`${url}/webhooks/${provider}`, post)
  await response.arrayBuffer()
  return response.status
}

/** `200`, or `20 × 200` */
function summarise(statuses: readonly number[]): string {
  const kinds = [...new Set(statuses)].join(' ')
  return statuses.length === 1 ? kinds : `${statuses.length}×${kinds}`
}

function summary(events: readonly MailEvent[]): string {
  const [first] = events
  if (first === undefined) return 'nothing new'
  if (events.length === 1) return `${kind(first)}, ${first.recipient}`
  const counts = Map.groupBy(events.map(kind), (one) => one)
  return [...counts]
    .map(([one, all]) => `${all.length} ${one}${all.length > 1 ? 's' : ''}`)
    .sort()
    .join(', ')
}

function kind(event: MailEvent): string {
  return event.type === 'bounce' ? `${event.bounceType} bounce` : event.type
}

async function allEvents(source: Bouncy): Promise<readonly MailEvent[]> {
  return (await source.events({ limit: 1000 })).items
}

/** Keeps the reason of each refusal, which only the log is told. */
function reasonLogger(): Logger {
  const keep = (facts: object): void => {
    if ('code' in facts) reasons.push(`nothing: ${facts.code}`)
  }
  return { debug: keep, info: keep, warn: keep, error: keep }
}

async function showSuppressions(): Promise<void> {
  heading('The suppression list')
  const { items } = await bouncy.suppressions()
  const listed = items.map(({ address, reason }) => `${address} ${reason}`)
  if (listed.join() !== SUPPRESSED.join()) unexpected += 1
  for (const { address, reason, since, provider = '' } of items) {
    row(address, 28, reason.padEnd(11), provider.padEnd(9), `since ${since.slice(0, 10)}`)
  }
}

async function showFilter(): Promise<void> {
  heading('Whom may we mail? filterRecipients of six addresses')
  const six = [
    'grace@example.com',
    'ADA@Example.com',
    'Alan <alan@example.com>',
    'edsger@example.com',
    'mary@example.com',
    'not an address',
  ]
  const { deliverable, suppressed, invalid } = await bouncy.filterRecipients(six)
  const says = new Map([
    ...deliverable.map((address) => [address, 'deliverable'] as const),
    ...suppressed.map(({ address, reason }) => [address, `suppressed: ${reason}`] as const),
    ...invalid.map((address) => [address, 'no e-mail address'] as const),
  ])
  const expected = [
    'deliverable',
    'suppressed: bounce',
    'suppressed: complaint',
    'deliverable',
    'suppressed: bounce',
    'no e-mail address',
  ]
  for (const [index, address] of six.entries()) {
    const answer = says.get(address) ?? 'lost'
    const fine = answer === expected[index]
    if (!fine) unexpected += 1
    row(address, 28, paint(fine ? (answer === 'deliverable' ? 'green' : 'yellow') : 'red', answer))
  }
}
