import { markByHand } from '../by-hand.ts'
import type { NewSuppression, Suppression } from '../suppression.ts'
import type { Bouncy } from '../types.ts'
import { readCsv } from './csv.ts'
import { checkFormat, mistake, type Row, type TransferFormat } from './format.ts'
import { readNdjson } from './ndjson.ts'
import { texts } from './texts.ts'
import { type Defaults, toEntry } from './to-entry.ts'

/** What a file is, and what to do with it. */
export interface ImportOptions {
  readonly format: TransferFormat
  /** Who imports it; stands in the audit trail. */
  readonly actor: string
  /** The reason of every row, whatever the file says. @default the row's; 'manual' where it has none */
  readonly reason?: Suppression['reason']
  /**
   * The time of rows that have none, in ISO 8601. Give the date of the file: who was lifted since then stays lifted.
   * @default the beginning of the import
   */
  readonly since?: string
  /** Called after each commit. */
  readonly onProgress?: (progress: ImportProgress) => void
  /** Called for each row that is refused. What it throws ends the import. */
  readonly onRefused?: (refusal: Refusal) => void
  /** Refusals that the report keeps. @default 100 */
  readonly keepRefusals?: number
  /** Ends the import at the first row that is refused. @default false */
  readonly strict?: boolean
  /** Rows in one commit. @default 1,000 */
  readonly batchSize?: number
  /** Ends the import between two commits. */
  readonly signal?: AbortSignal
}

/** How far an import has come. */
export interface ImportProgress {
  /** Rows that are suppressed now, or were already, or were lifted after what the file knows. */
  readonly imported: number
  readonly refused: number
}

/** What became of a file. */
export interface ImportReport extends ImportProgress {
  /** The first of them. */
  readonly refusals: readonly Refusal[]
}

/** A row that says nothing, and why; never what it says. */
export interface Refusal {
  /** Counts from 1. */
  readonly line: number
  readonly problem: string
}

/**
 * Takes a list of suppressions in, a batch at a time, so that a file of any size needs little memory. A row keeps its
 * time: what was lifted later stays lifted, and the same file twice changes nothing. A row that cannot be read is
 * refused with its line, and the others go on.
 *
 * @throws TypeError no format or actor, a file without a column of addresses, a quote that is never closed,
 *   a row that is too long
 * @throws Error what the store says; what was committed by then stays, and the file can be imported again
 * @example
 * await importSuppressions(bouncy, createReadStream('list.csv'), { format: 'csv', actor: 'kim' })
 */
export async function importSuppressions(
  bouncy: Pick<Bouncy, 'suppress'>,
  source: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
  options: ImportOptions,
): Promise<ImportReport> {
  const defaults = checkOptions(options)
  const { keepRefusals = 100, batchSize = 1000, strict = false, onRefused, onProgress, signal } = options
  const refusals: Refusal[] = []
  let batch: NewSuppression[] = []
  let imported = 0
  let refused = 0

  function take(row: Row): void {
    const problem = 'problem' in row ? row.problem : problemWith(row.values, defaults, batch)
    if (problem === undefined) return
    const refusal = { line: row.line, problem }
    refused += 1
    if (refusals.length < keepRefusals) refusals.push(refusal)
    onRefused?.(refusal)
    if (strict) throw mistake(`line ${row.line}`, problem)
  }

  async function commit(): Promise<void> {
    signal?.throwIfAborted()
    await bouncy.suppress(batch)
    imported += batch.length
    batch = []
    onProgress?.({ imported, refused })
  }

  const read = options.format === 'csv' ? readCsv : readNdjson
  for await (const rows of read(texts(source))) {
    for (const row of rows) {
      take(row)
      if (batch.length >= batchSize) await commit()
    }
  }
  await commit()
  return { imported, refused, refusals }
}

/** Adds a row to the batch, or says why not. */
function problemWith(
  values: Readonly<Record<string, unknown>>,
  defaults: Defaults,
  batch: NewSuppression[],
): string | undefined {
  try {
    const entry = toEntry(values, defaults)
    markByHand(entry, 0)
    batch.push(entry)
    return undefined
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return error.message.replace('[bouncy/core] ', '')
  }
}

function checkOptions({ format, actor, since, ...options }: ImportOptions): Defaults {
  checkFormat(format)
  if (typeof actor !== 'string' || actor === '') throw mistake('actor', 'say who imports the file')
  const now = Date.now()
  const at = since === undefined ? now : Date.parse(since)
  if (Number.isNaN(at)) throw mistake('since', 'give a time in ISO 8601')
  const { batchSize = 1000 } = options
  if (!Number.isInteger(batchSize) || batchSize < 1) throw mistake('batchSize', 'give a whole number from 1')
  return { actor, reason: options.reason, since: new Date(at).toISOString(), now }
}
