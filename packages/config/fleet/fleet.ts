import { setTimeout } from 'node:timers/promises'
import { createRandom } from '../fuzz/random.ts'
import { type Audit, audit, faultsOf } from './audit.ts'
import { startBalancer } from './balancer.ts'
import { type Member, startMember } from './members.ts'
import { type Sent, sendAll } from './send.ts'
import { openSetting } from './setting.ts'
import { createTraffic, type TrafficOptions } from './traffic.ts'

/** How large a fleet is, what is sent to it, and how it is treated. */
export interface FleetOptions extends TrafficOptions {
  /** Processes that only receive. */
  readonly receivers: number
  /** Processes that only work jobs off. */
  readonly workers: number
  /** Processes that do both. */
  readonly both: number
  /** Two processes that are killed this often, from the first post to the last effect. Milliseconds; `false`: none. */
  readonly killEveryMs: number | false
  /** Without a new effect for so long it is given up. Milliseconds. @default 120,000 */
  readonly patienceMs?: number
}

/** What came of it. */
export interface FleetReport {
  readonly sent: Sent
  readonly found: Audit
  readonly kills: number
  /** From the first post to the last effect, in seconds. */
  readonly seconds: number
  /** What should not have happened. */
  readonly faults: readonly string[]
}

/** Runs a fleet on one PostgreSQL and one Redis behind a TCP balancer, kills its processes, and counts. */
export async function runFleet(
  options: FleetOptions,
  progress: (line: string) => void = () => {},
): Promise<FleetReport> {
  const traffic = createTraffic(options)
  const setting = await openSetting()
  const { database, redis, prefix, pool } = setting
  const { credentials, topicArn, certificate } = traffic
  const base = { database, redis, prefix, credentials, topicArn, certificate }
  const start = (count: number, receives: boolean, works: boolean) =>
    Array.from({ length: count }, () => startMember({ ...base, receives, works }))
  const members: Member[] = []
  try {
    members.push(
      ...(await Promise.all([
        ...start(options.receivers, true, false),
        ...start(options.workers, false, true),
        ...start(options.both, true, true),
      ])),
    )
    const balancer = await startBalancer(() => members.flatMap(({ port }) => port ?? []))
    const started = performance.now()
    const killing =
      options.killEveryMs === false ? undefined : startKilling(members, options, options.killEveryMs)
    let sent: Sent
    try {
      sent = await sendAll(balancer.port, traffic.posts)
      progress(`${sent.genuine} events accepted after ${sent.seconds.toFixed(1)} s`)
      await drained(options, async () => {
        const { rows } = await pool.query('select count(*) as n from ledger')
        return Number(rows[0]?.n)
      })
    } finally {
      await killing?.stop()
      balancer.close()
    }
    const seconds = (performance.now() - started) / 1_000
    const found = await audit(pool, options.events)
    const crashes = members.reduce((sum, member) => sum + member.crashes, 0)
    const faults = [
      ...faultsOf(found, sent, traffic.suppressing),
      ...(crashes === 0 ? [] : [`processes that ended by themselves: ${crashes} instead of 0`]),
    ]
    return { sent, found, kills: killing?.kills() ?? 0, seconds, faults }
  } finally {
    await Promise.all(members.map((member) => member.end()))
    await setting.remove()
  }
}

/** Kills two processes at random from time to time, and starts new ones in their place. */
function startKilling(members: readonly Member[], { seed }: FleetOptions, everyMs: number) {
  const random = createRandom(seed, 'kills')
  const stopped = new AbortController()
  let kills = 0

  async function kill(): Promise<void> {
    while (!stopped.signal.aborted) {
      await setTimeout(everyMs, undefined, { signal: stopped.signal }).catch(() => {})
      if (stopped.signal.aborted) return
      const first = random.below(members.length)
      const second = (first + 1 + random.below(Math.max(1, members.length - 1))) % members.length
      const victims = [...new Set([first, second])]
      kills += victims.length
      await Promise.all(victims.map((index) => members[index]?.kill()))
    }
  }

  const killing = kill()
  // whoever stops it is told; until then it is nobody's unhandled rejection
  killing.catch(() => {})
  return {
    kills: () => kills,
    async stop() {
      stopped.abort()
      await killing
    },
  }
}

/** Waits for the last effect, or until there are no new ones. */
async function drained(
  { events, patienceMs = 120_000 }: FleetOptions,
  effects: () => Promise<number>,
): Promise<void> {
  let count = -1
  let since = performance.now()
  while (count < events && performance.now() - since < patienceMs) {
    const now = await effects()
    if (now !== count) since = performance.now()
    count = now
    if (count < events) await setTimeout(100)
  }
}
