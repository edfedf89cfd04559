/** The middle of some numbers, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('there is no median of nothing')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** The number that a share of them, such as 0.99, does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('there is no quantile of nothing')
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN
}

/** Something that can be done again and again. */
export type Task = () => unknown

/** How tasks are timed. */
export interface TimingOptions {
  readonly rounds: number
  /** How long one task has in one round, in milliseconds. @default 120 */
  readonly forMs?: number
  /** @default 'cpu' */
  readonly clock?: Clock
}

/** How long one execution of each task took in each round, in microseconds. */
export type Times<Name extends string> = Readonly<Record<Name, readonly number[]>>

/**
 * What time is read from: `cpu` is what this process computed, which others on the machine change little; `wall` is for
 * work that waits for disks and servers.
 */
export type Clock = 'cpu' | 'wall'

/**
 * Times tasks in turn, so that whatever else the machine does concerns all of them alike: a round runs each of them for
 * about `forMs`, one after the other, and in every other round in the opposite order. Each is run in beforehand, until the
 * compiler has seen enough of it.
 */
export async function timeInTurn<Name extends string>(
  tasks: Readonly<Record<Name, Task>>,
  { rounds, forMs = 120, clock = 'cpu' }: TimingOptions,
): Promise<Times<Name>> {
  const names = Object.keys(tasks) as Name[]
  const batches = new Map<Name, number>()
  for (const name of names) batches.set(name, await runIn(tasks[name], forMs, clock))
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const batch = batches.get(name) ?? 1
      times[name].push((await timeOf(tasks[name], batch, clock)) / batch)
    }
  }
  return times
}

/** The median over the rounds of one time divided by the other of the same round. */
export function ratioOf(times: readonly number[], others: readonly number[]): number {
  return median(times.map((time, round) => time / (others[round] ?? Number.NaN)))
}

/** @returns how many executions take about `forMs` */
async function runIn(task: Task, forMs: number, clock: Clock): Promise<number> {
  let batch = 1
  for (;;) {
    const took = (await timeOf(task, batch, clock)) / 1_000
    if (took >= forMs) return Math.max(1, Math.round((batch * forMs) / took))
    batch = took < forMs / 8 ? batch * 4 : Math.ceil((batch * forMs * 1.2) / took)
  }
}

/** In microseconds. */
async function timeOf(task: Task, batch: number, clock: Clock): Promise<number> {
  const started = read(clock)
  for (let count = 0; count < batch; count += 1) {
    const result = task()
    // only what is a promise is waited for: a turn of the queue would be counted to those that need none
    if (result instanceof Promise) await result
  }
  return read(clock) - started
}

function read(clock: Clock): number {
  if (clock === 'wall') return performance.now() * 1_000
  const { user, system } = process.cpuUsage()
  return user + system
}
