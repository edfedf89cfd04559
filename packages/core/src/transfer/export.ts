import type { Suppression, SuppressionQuery } from '../suppression.ts'
import { PREFIX } from '../tombstone.ts'
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
 * `ReadableStream.from` for a `Response`, or to `importSuppressions`. It is ordered by address, with those of erased
 * addresses at the end; what is erased meanwhile may stand there as well as in its old place. Suppressions that have
 * expired are left out; in CSV what a spreadsheet would run as a formula has an apostrophe before it, also where one
 * parts cells at semicolons or tabs.
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
  { format, onProgress, prefix = '', ...query }: ExportOptions,
): AsyncGenerator<string> {
  const write: (items: readonly Suppression[]) => string = format === 'csv' ? writeCsv : writeNdjson
  // an address that is erased meanwhile goes from a place still to come to one that was passed
  const places = PREFIX.startsWith(prefix) ? new Set([prefix, PREFIX]) : [prefix]
  let exported = 0
  if (format === 'csv') yield csvHeader
  for (const place of places) {
    let cursor: string | undefined
    do {
      const page = await bouncy.suppressions({
        ...query,
        prefix: place,
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      })
      cursor = page.next
      const items = page.items.filter(({ address }) => isErased(address) === isErased(place))
      if (items.length === 0) continue
      exported += items.length
      yield write(items)
      onProgress?.({ exported })
    } while (cursor !== undefined)
  }
}

const isErased = (text: string): boolean => text.startsWith(PREFIX)
