import type { Suppression, SuppressionQuery } from '../suppression.ts'
import type { Bouncy } from '../types.ts'
import { csvHeader, writeCsv } from './csv.ts'
import { checkFormat, type TransferFormat } from './format.ts'
import { writeNdjson } from './ndjson.ts'

/** Which suppressions, and how. */
export interface ExportOptions extends Pick<SuppressionQuery, 'reason' | 'prefix'> {
  readonly format: TransferFormat
  /** Called after each thousand. */
  readonly onProgress?: (progress: ExportProgress) => void
}

/** How far an export has come. */
export interface ExportProgress {
  readonly exported: number
}

/** What a store gives in one page at the most. */
const PAGE = 1000

/**
 * The suppression list as text, a page at a time and only as fast as it is taken: hand it to `Readable.from`, to
 * `ReadableStream.from` for a `Response`, or to `importSuppressions`. It is ordered by address. Suppressions that have
 * expired are left out; in CSV what a spreadsheet would run as a formula has an apostrophe before it.
 *
 * @throws TypeError a format that does not exist
 * @example
 * await pipeline(exportSuppressions(bouncy, { format: 'csv' }), createWriteStream('suppressions.csv'))
 */
export function exportSuppressions(
  bouncy: Pick<Bouncy, 'suppressions'>,
  options: ExportOptions,
): AsyncIterableIterator<string> {
  checkFormat(options.format)
  return pages(bouncy, options)
}

async function* pages(
  bouncy: Pick<Bouncy, 'suppressions'>,
  { format, onProgress, ...query }: ExportOptions,
): AsyncGenerator<string> {
  const write: (items: readonly Suppression[]) => string = format === 'csv' ? writeCsv : writeNdjson
  let exported = 0
  let cursor: string | undefined
  if (format === 'csv') yield csvHeader
  do {
    const page = await bouncy.suppressions({
      ...query,
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    })
    exported += page.items.length
    if (page.items.length > 0) yield write(page.items)
    onProgress?.({ exported })
    cursor = page.next
  } while (cursor !== undefined)
}
