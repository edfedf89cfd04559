/**
 * Every way in which a webhook request can fail, with the HTTP status it is answered with.
 * 4xx says "never want it"; 503 says "could not decide or store, send it again".
 */
const STATUS = {
  'body-malformed': 400,
  'credentials-missing': 401,
  'credentials-wrong': 401,
  'signature-wrong': 403,
  'signature-version-refused': 403,
  'topic-not-listed': 403,
  'too-old': 403,
  'from-the-future': 403,
  'certificate-url-refused': 403,
  'certificate-refused': 403,
  'address-not-allowed': 403,
  'provider-unknown': 404,
  'method-not-allowed': 405,
  'certainly-forged': 406,
  'body-too-slow': 408,
  'body-too-large': 413,
  'encoding-not-supported': 415,
  'form-not-supported': 415,
  'request-aborted': 400,
  'body-already-read': 503,
  'certificate-unreachable': 503,
  'certificate-budget-spent': 503,
  'confirmation-failed': 503,
  'store-failed': 503,
  'handler-failed': 503,
  'busy-elsewhere': 503,
  overloaded: 503,
  closing: 503,
  'took-too-long': 503,
  internal: 503,
} as const

/** The reason codes that go to the log; each has a section in `errors.md` of this package. */
export type WebhookErrorCode = keyof typeof STATUS

/** All reason codes with their default status. */
export const webhookErrorStatus: Readonly<Record<WebhookErrorCode, number>> = STATUS

/**
 * The one error of a webhook's way. The message is for the log: it says what to do and holds neither secret,
 * address nor payload. The sender is told the status and nothing else.
 *
 * One with a status below 500 has no stack trace: it says what a sender did, as often as strangers like, and to look at
 * the stack takes longer than all other work on most refusals.
 *
 * @example
 * throw new WebhookError('topic-not-listed', '[bouncy/sns] add the topic to topicArns if it is yours')
 */
export class WebhookError extends Error {
  override readonly name = 'WebhookError'
  readonly code: WebhookErrorCode
  /** The HTTP status of the reply. @default the status of `code` */
  readonly status: number

  constructor(
    code: WebhookErrorCode,
    message: string,
    options: { readonly status?: number; readonly cause?: unknown } = {},
  ) {
    const status = options.status ?? STATUS[code]
    const { stackTraceLimit } = Error
    if (status < 500) limitStackTraces(0)
    super(
      `${message} (see @bouncy/core/errors.md#${code})`,
      'cause' in options ? { cause: options.cause } : undefined,
    )
    if (status < 500) limitStackTraces(stackTraceLimit)
    this.code = code
    this.status = status
  }
}

/** Sets it where it can be set: intrinsics may be frozen. */
function limitStackTraces(frames: number): void {
  Reflect.set(Error, 'stackTraceLimit', frames)
}

/** Tells a `WebhookError`, also one from a second copy of this package (ES module beside CommonJS). */
export function isWebhookError(error: unknown): error is WebhookError {
  return error instanceof Error && error.name === 'WebhookError' && 'code' in error && 'status' in error
}
