import { exportSuppressions, importSuppressions, type TransferFormat } from '@bouncy/core/transfer'
import { mysqlStore } from '@bouncy/sql/mysql'
import { postgresStore } from '@bouncy/sql/postgres'
import { sqliteStore } from '@bouncy/sql/sqlite'
import { bouncyOver } from './toy.ts'

/**
 * A process of its own that takes a list in and gives it out again, and prints what became of it, with its times in
 * milliseconds and its memory in MB. Arguments: a path or the URL of a server, the format, and how many rows.
 */
const [place = '', format = 'csv', rows = '0'] = process.argv.slice(2)

const store = place.startsWith('postgres:')
  ? postgresStore(place, { migrate: 'auto' })
  : place.startsWith('mysql:')
    ? mysqlStore(place, { migrate: 'auto' })
    : sqliteStore(place)
const bouncy = bouncyOver(store)
const options = { format: format as TransferFormat, actor: 'mover' }

/** A file that is in nobody's memory as a whole. */
async function* file(): AsyncGenerator<string> {
  if (format === 'csv') yield 'address,reason,since,note\r\n'
  for (let row = 0; row < Number(rows); row += 1) {
    const address = `recipient${String(row).padStart(8, '0')}@example.com`
    yield format === 'csv'
      ? `${address},bounce,2026-11-01T00:00:00.000Z,"=row ${row}, of a file"\r\n`
      : `${JSON.stringify({ address, reason: 'bounce', since: '2026-11-01T00:00:00.000Z', note: `=row ${row}` })}\n`
  }
}

const started = performance.now()
const { imported, refused } = await importSuppressions(bouncy, file(), options)
const importMs = Math.round(performance.now() - started)
let exported = 0
let characters = 0
const onProgress = (progress: { readonly exported: number }): void => {
  exported = progress.exported
}
for await (const chunk of exportSuppressions(bouncy, { ...options, onProgress })) characters += chunk.length
const exportMs = Math.round(performance.now() - started - importMs)
await bouncy.close()
const residentMb = Math.round(process.resourceUsage().maxRSS / 1024)
process.stdout.write(
  `${JSON.stringify({ imported, refused, exported, characters, importMs, exportMs, residentMb })}\n`,
)
