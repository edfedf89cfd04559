import {
  type Bouncy,
  type BouncyOptions,
  createBouncy,
  memoryStore,
  type Provider,
  type WebhookRequest,
} from '@bouncy/core'

/** Bouncy with one provider named `kit`, which takes everything unless told otherwise, and what it got and logged. */
export function recorder(
  overrides: Partial<Provider> = {},
  options: Partial<BouncyOptions> = {},
): {
  readonly bouncy: Bouncy
  readonly received: WebhookRequest[]
  readonly log: { readonly code?: string; readonly error?: string; readonly cause?: string }[]
} {
  const received: WebhookRequest[] = []
  const log: object[] = []
  const write = (facts: object): void => void log.push(facts)
  const kit: Provider = {
    name: 'kit',
    maxBodyBytes: 1024,
    verify: (request) => void received.push(request),
    parse: () => ({ events: [] }),
    ...overrides,
  }
  const logger = { debug: write, info: write, warn: write, error: write }
  return {
    bouncy: createBouncy({ providers: [kit], store: memoryStore(), logger, ...options }),
    received,
    log,
  }
}
