export { type ConnInfo, type HonoWebhooks, type HonoWebhooksOptions, honoWebhooks } from './hono-webhooks.ts'
