export { type KoaContext, type KoaWebhooks, type KoaWebhooksOptions, koaWebhooks } from './koa-webhooks.ts'
