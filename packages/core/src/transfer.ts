/** The suppression list as a file: all of it out, and lists from elsewhere in. */
export { type ExportOptions, type ExportProgress, exportSuppressions } from './transfer/export.ts'
export type { TransferFormat } from './transfer/format.ts'
export {
  type ImportOptions,
  type ImportProgress,
  type ImportReport,
  importSuppressions,
  type Refusal,
} from './transfer/import.ts'
