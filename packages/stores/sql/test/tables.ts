/** All tables with rows, ours and that of the application. */
export const TABLES = [
  'bouncy_events',
  'bouncy_waiting',
  'bouncy_addresses',
  'bouncy_suppressions',
  'bouncy_quarantined',
  'bouncy_audit',
  'bouncy_tokens',
  'bouncy_daily',
  'shop_words',
] as const
