import type { Settings } from './bouncy.ts'
import { isWebhookError, WebhookError } from './error.ts'
import type { MailEvent } from './events.ts'
import type { Inbox } from './inbox.ts'
import { errorFacts } from './logger.ts'
import type { Delivered } from './record-events.ts'
import { refusal } from './reply.ts'
import type { Quarantined } from './store.ts'
import type { Bouncy, ReceiveOptions } from './types.ts'
import type { Parsed, Provider, UnreadRequest, WebhookReply, WebhookRequest } from './webhook.ts'

export interface Receiver {
  receive: Bouncy['receive']
  /** Refuses what comes from now on, and resolves when what is under way has been answered and stored. */
  drain(): Promise<void>
}

const DEFAULT_MAX_BODY = 5 * 1024 * 1024

export function createReceiver(settings: Settings, inbox: Inbox): Receiver {
  const { logger, now } = settings
  const providers = new Map(settings.providers.map((provider) => [provider.name, provider]))
  let underWay = 0
  /** Those of them whose body is there: who only says that one will come shall keep nobody out. */
  let deciding = 0
  const idle = Promise.withResolvers<void>()
  let closing = false

  async function receive(
    name: string,
    request: WebhookRequest | UnreadRequest,
    { untilSettled = false }: ReceiveOptions = {},
  ): Promise<WebhookReply> {
    const { promise: answer, resolve, reject } = Promise.withResolvers<WebhookReply>()
    let deadline: ReturnType<typeof setTimeout> | undefined
    let isDeciding = false
    // only now, as the body has a deadline of its own
    const bodyIsRead = (): void => {
      checkRoom()
      isDeciding = true
      deciding += 1
      deadline = setTimeout(late, settings.replyWithinMs, reject)
    }
    const leave = (): void => {
      if (isDeciding) deciding -= 1
      underWay -= 1
      if (closing && underWay === 0) idle.resolve()
    }
    try {
      const provider = admit(name)
      underWay += 1
      take(provider, request, bodyIsRead, untilSettled).finally(leave).then(resolve, reject)
      return await answer
    } catch (error) {
      return refuse(name, error)
    } finally {
      clearTimeout(deadline)
    }
  }

  function admit(name: string): Provider {
    if (closing)
      throw new WebhookError('closing', '[bouncy/core] close() was called; the sender will try again')
    checkRoom()
    const provider = providers.get(name)
    if (provider === undefined) {
      throw new WebhookError('provider-unknown', '[bouncy/core] no provider has this name')
    }
    return provider
  }

  function checkRoom(): void {
    if (deciding >= settings.maxInFlight)
      throw new WebhookError('overloaded', '[bouncy/core] maxInFlight requests are being decided on')
  }

  async function take(
    provider: Provider,
    request: WebhookRequest | UnreadRequest,
    bodyIsRead: () => void,
    untilSettled: boolean,
  ): Promise<WebhookReply> {
    checkHead(request)
    const limit = provider.maxBodyBytes ?? DEFAULT_MAX_BODY
    const whole = 'read' in request ? await read(request, limit) : request
    bodyIsRead()
    if (whole.body.byteLength > limit) {
      throw new WebhookError('body-too-large', `[bouncy/core] more than ${limit} bytes`)
    }
    if (provider.readsForms !== true) checkForm(whole)
    return decide(provider, whole, untilSettled)
  }

  async function decide(
    provider: Provider,
    request: WebhookRequest,
    untilSettled: boolean,
  ): Promise<WebhookReply> {
    const payload = await provider.verify(request)
    const reply = await provider.handshake?.(payload)
    if (reply !== undefined) {
      logger.info({ provider: provider.name, status: reply.status }, 'webhook handshake')
      return reply
    }
    const parsed = parse(provider, payload, request)
    const receivedAt = new Date(now()).toISOString()
    const quarantined = parsed.quarantined?.length
      ? await quarantine(provider, parsed.quarantined, receivedAt)
      : []
    const { settled, ...accepted } = await store({
      events: parsed.events.map((event) => dated(event, receivedAt)),
      quarantined,
      tokens: (parsed.tokens ?? []).map((token) => ({ ...token, id: `${provider.name}_${token.id}` })),
    })
    for (const notice of parsed.notices ?? []) tell(provider, notice)
    const facts = { provider: provider.name, ...accepted, quarantined: quarantined.length }
    // also where another handler failed: what succeeded must not run again
    if (untilSettled) await settled
    if (accepted.failed > 0)
      throw new WebhookError('handler-failed', '[bouncy/core] a handler failed; see the line before')
    if (accepted.busy > 0)
      throw new WebhookError('busy-elsewhere', '[bouncy/core] another process is handling this event')
    logger.info(facts, 'webhook accepted')
    // nobody reads what stands under a 200, and Node sends a head without a body with one write
    return { status: 200 }
  }

  function parse(provider: Provider, payload: unknown, request: WebhookRequest): Parsed {
    try {
      return provider.parse(payload)
    } catch (error) {
      logger.error(
        { provider: provider.name, ...errorFacts(error) },
        'a provider threw while parsing; the payload is kept',
      )
      return {
        events: [],
        quarantined: [{ reason: 'parse-failed', raw: new TextDecoder().decode(request.body) }],
      }
    }
  }

  async function store(delivered: Delivered): ReturnType<Inbox['accept']> {
    try {
      return await inbox.accept(delivered)
    } catch (cause) {
      if (isWebhookError(cause)) throw cause
      throw new WebhookError(
        'store-failed',
        '[bouncy/core] the store did not take the event; is it reachable and migrated?',
        { cause },
      )
    }
  }

  function tell(provider: Provider, notice: NonNullable<Parsed['notices']>[number]): void {
    logger.warn({ provider: provider.name, code: notice.code, ...notice.details }, notice.message)
    try {
      settings.onNotice?.({ ...notice, provider: provider.name })
    } catch (error) {
      logger.error({ provider: provider.name, ...errorFacts(error) }, 'onNotice threw')
    }
  }

  function refuse(name: string, error: unknown): WebhookReply {
    const known = isWebhookError(error)
      ? error
      : new WebhookError('internal', '[bouncy/core] an unexpected error', { cause: error })
    const facts = {
      provider: providers.has(name) ? name : 'unknown',
      code: known.code,
      status: known.status,
      ...errorFacts(known),
      ...(known.cause === undefined ? {} : { cause: errorFacts(known.cause).error }),
    }
    if (known.status >= 500) logger.error(facts, 'webhook not taken; the sender is asked to try again')
    else logger.warn(facts, 'webhook refused')
    return refusal(known)
  }

  async function drain(): Promise<void> {
    closing = true
    if (underWay > 0) await idle.promise
  }

  return { receive, drain }
}

function checkHead(request: WebhookRequest | UnreadRequest): void {
  if (request.method !== 'POST')
    throw new WebhookError('method-not-allowed', '[bouncy/core] webhooks are posted')
  const encoding = request.header('content-encoding')?.trim().toLowerCase() ?? ''
  if (encoding !== '' && encoding !== 'identity') {
    throw new WebhookError('encoding-not-supported', '[bouncy/core] a body must not be compressed')
  }
}

/** By what it holds: a content type alone proves nothing, SNS posts JSON as text and curl as a form. */
function checkForm(request: WebhookRequest): void {
  const type = request.header('content-type')?.trim().toLowerCase() ?? ''
  const form = type.startsWith('application/x-www-form-urlencoded') || type.startsWith('multipart/')
  if (form && !/^\s*[[{]/.test(new TextDecoder().decode(request.body.subarray(0, 64)))) {
    throw new WebhookError('form-not-supported', '[bouncy/core] the sender posts a form where JSON is due')
  }
}

async function read(request: UnreadRequest, limit: number): Promise<WebhookRequest> {
  const { method, url, remoteAddress } = request
  return {
    method,
    url,
    header: (name) => request.header(name),
    body: await request.read(limit),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  }
}

const dated = (event: MailEvent, receivedAt: string): MailEvent =>
  event.timestampFrom === 'receipt' ? { ...event, timestamp: receivedAt } : event

async function quarantine(
  provider: Provider,
  quarantined: NonNullable<Parsed['quarantined']>,
  receivedAt: string,
): Promise<readonly Quarantined[]> {
  return Promise.all(
    quarantined.map(async ({ reason, raw }) => {
      const identity = new TextEncoder().encode(JSON.stringify([provider.name, reason, raw]))
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', identity))
      const hex = Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
      return { id: `${provider.name}_${hex}`, provider: provider.name, reason, receivedAt, raw }
    }),
  )
}

function late(reject: (error: WebhookError) => void): void {
  reject(new WebhookError('took-too-long', '[bouncy/core] no outcome within replyWithinMs; the work goes on'))
}
