import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import type { Letter } from './traffic.ts'

/** An effect of a handler, as it stands in the ledger. */
export interface Effect {
  /** When it began: nanoseconds of the monotonic clock, which all processes of a machine share. */
  readonly at: bigint
  readonly id: string
  readonly recipient: string
}

/** The ledger outside the receiver: what was sent, what was acknowledged and when, and which effects there were. */
export interface Score {
  /** The file to which handlers append. */
  readonly ledger: string
  readonly sent: ReadonlyMap<number, Letter>
  readonly acknowledged: ReadonlyMap<number, Letter>
  /** How many posts were answered with each status. */
  readonly statuses: ReadonlyMap<number, number>
  send(letter: Letter): void
  /** Notes an answer. @returns whether the provider is content with it */
  answer(letter: Letter, status: number): boolean
  /** This recipient's event is known to be settled: from now on its handlers must not run. */
  settled(recipient: string): void
  /** Since when that is known, if it is. */
  settledAt(recipient: string): bigint | undefined
  effects(): readonly Effect[]
  /** Begins anew, for a store that does. */
  forget(): void
  /** What should not have been answered. */
  readonly faults: readonly string[]
}

/** @param ledger a file that does not exist yet */
export function createScore(ledger: string): Score {
  const sent = new Map<number, Letter>()
  const acknowledged = new Map<number, Letter>()
  const statuses = new Map<number, number>()
  const settled = new Map<string, bigint>()
  const faults: string[] = []
  writeFileSync(ledger, '')

  function settle(recipient: string): void {
    if (!settled.has(recipient)) settled.set(recipient, process.hrtime.bigint())
  }

  return {
    ledger,
    sent,
    acknowledged,
    statuses,
    send: (letter) => sent.set(letter.number, letter),
    answer(letter, status) {
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (letter.forged) {
        const refused = status === 401 || status === 403
        if (!refused && status !== 0 && status !== 503) faults.push(`a forged post was answered ${status}`)
        return refused
      }
      if (status === 200) {
        acknowledged.set(letter.number, letter)
        return true
      }
      if (status !== 0 && status !== 503) faults.push(`a genuine post was answered ${status}`)
      return false
    },
    settled: settle,
    settledAt: (recipient) => settled.get(recipient),
    effects: () =>
      readFileSync(ledger, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const [at = '0', id = '', recipient = ''] = line.split(' ')
          return { at: BigInt(at), id, recipient }
        }),
    forget() {
      for (const kept of [sent, acknowledged, settled]) kept.clear()
      truncateSync(ledger)
    },
    faults,
  }
}
