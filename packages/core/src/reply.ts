import type { WebhookError } from './error.ts'
import type { WebhookReply } from './webhook.ts'

/** What the sender reads: a word for the status, and never which check failed. */
const WORDS: Readonly<Record<number, string>> = {
  400: 'bad request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not found',
  405: 'method not allowed',
  406: 'not acceptable',
  408: 'request timeout',
  413: 'content too large',
  415: 'unsupported media type',
  503: 'unavailable, try again',
}

const HEADERS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { 'www-authenticate': 'Basic realm="webhooks", charset="UTF-8"' },
  405: { allow: 'POST' },
  503: { 'retry-after': '20' },
}

export function refusal({ status }: WebhookError): WebhookReply {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...HEADERS[status] },
    body: WORDS[status] ?? 'refused',
  }
}
