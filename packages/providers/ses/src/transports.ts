import type { Parsed } from '@bouncy/core'
import { readInner } from './inner.ts'
import { parseMessage } from './parse.ts'
import type { Carried } from './report.ts'

/** How the events of another transport are named. */
export interface ParseOptions {
  /** `event.provider`, and a part of each event's id: give the name that the webhook has, if there is one too. @default 'ses' */
  readonly name?: string
}

/**
 * Reads a message of SES as SES wrote it, as JSON or parsed: the body of a queue with raw message delivery, a record of
 * Firehose. Proves nothing, so only for what a transport brought that nobody else can write to. Total.
 *
 * @example
 * const { events } = parseSesMessage(record.body)
 */
export function parseSesMessage(message: unknown, { name = 'ses' }: ParseOptions = {}): Parsed {
  return parseMessage(name, { message: opened(message) })
}

/**
 * Reads an event that EventBridge handed to a Lambda function or another target of a rule. Total.
 * Source: https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html
 *
 * @example
 * export const handler = (event) => parseSesEventBridge(event).events.forEach(work)
 */
export function parseSesEventBridge(event: unknown, { name = 'ses' }: ParseOptions = {}): Parsed {
  return parseMessage(name, carriedByEventBridge(event))
}

/**
 * Reads what a Lambda function gets that is subscribed to the topic, all records of it. Total. Lambda says who calls; to
 * check the signature as well, hand each record's `Sns` to `createSnsVerifier` of `@bouncy/sns`.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 *
 * @example
 * export const handler = (event) => parseSesLambda(event).events.forEach(work)
 */
export function parseSesLambda(event: unknown, { name = 'ses' }: ParseOptions = {}): Parsed {
  const { Records: records } = members(event)
  const parsed = (Array.isArray(records) ? records : [event]).map((record: unknown) =>
    parseMessage(name, carriedBy(record)),
  )
  return {
    events: parsed.flatMap(({ events }) => events),
    quarantined: parsed.flatMap(({ quarantined = [] }) => quarantined),
  }
}

/** What an event of EventBridge carries. */
export function carriedByEventBridge(event: unknown): Carried {
  const { detail, id, time, 'detail-type': type } = members(event)
  return { message: detail ?? event, id: text(id), time: text(time), type: text(type) }
}

function carriedBy(record: unknown): Carried {
  const { Message: message, MessageId: id, Timestamp: time } = members(members(record).Sns)
  return { message: message === undefined ? record : opened(message), id: text(id), time: text(time) }
}

function opened(message: unknown): unknown {
  if (typeof message !== 'string') return message
  try {
    return readInner(message)
  } catch {
    return message
  }
}

const members = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
