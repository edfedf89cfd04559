export { type ExpressWebhooks, type ExpressWebhooksOptions, expressWebhooks } from './express-webhooks.ts'
