export { type BindingWords, type WebhookHandler, webhookHandler } from './handler.ts'
export type { NodeRequest, NodeResponse } from './http.ts'
export { type NodeListener, nodeWebhooks } from './node-webhooks.ts'
export type { NodeWebhooksOptions } from './options.ts'
