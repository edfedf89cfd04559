export { type HonoWebhooks, honoWebhooks } from './hono-webhooks.ts'
export type { ConnInfo, HonoWebhooksOptions } from './options.ts'
