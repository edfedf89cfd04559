export { addressKey } from './address.ts'
export { createBouncy } from './bouncy.ts'
export type { DispatchedEvent, Dispatcher, QueuedEvent, QueueWorker } from './dispatcher.ts'
export { isWebhookError, WebhookError, type WebhookErrorCode, webhookErrorStatus } from './error.ts'
export type {
  AutoReply,
  Bounce,
  BounceReason,
  Click,
  Complaint,
  Deferral,
  Delivery,
  EventBase,
  EventOf,
  Failure,
  MailEvent,
  Open,
  Reject,
  Resubscribe,
  Send,
  Unsubscribe,
} from './events.ts'
export type { Logger } from './logger.ts'
export { memoryStore } from './memory-store.ts'
export {
  type Decision,
  type Policy,
  type PolicyContext,
  type Recipient,
  type SuppressionPolicyOptions,
  suppressionPolicy,
} from './policy.ts'
export {
  composePolicy,
  flagSpamDiagnostics,
  type GraduatedOptions,
  graduatedComplaints,
  type PauseOptions,
  type PolicyPart,
  pauseInsteadOfSuppress,
} from './policy-parts.ts'
export type { EventQuery, PruneReport, Quarantined, Store, Token } from './store.ts'
export type {
  AuditEntry,
  AuditQuery,
  NewSuppression,
  Page,
  PageQuery,
  Scope,
  Suppression,
  SuppressionQuery,
} from './suppression.ts'
export type { Pepper } from './tombstone.ts'
export type {
  Bouncy,
  BouncyOptions,
  FetchOptions,
  FilteredRecipients,
  HandlerContext,
  ReceiveOptions,
  RetentionOptions,
  RetryOptions,
} from './types.ts'
export type { Notice, Parsed, Provider, UnreadRequest, WebhookReply, WebhookRequest } from './webhook.ts'
