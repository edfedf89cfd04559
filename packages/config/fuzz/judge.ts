import { isWebhookError, type WebhookReply } from '@bouncy/core'
import { faultOfEvent, isPlainJson } from './shapes.ts'
import type { FuzzCase, FuzzSubject } from './target.ts'
import type { Observed } from './world.ts'

/** Longer means that somebody can keep a process busy with one request. */
const MAX_COMPUTED_MS = 1_000

/** Everything that is wrong with the outcome of a case, each in words without the case's own values. */
export function judge(subject: FuzzSubject, one: FuzzCase, observed: Observed): readonly string[] {
  return [
    ...faultsOfSteps(observed),
    ...faultsOfReply(observed.reply),
    ...faultsOfOutcome(subject, one, observed),
    ...faultsOfRecord(observed),
    ...observed.requests
      .filter((url) => subject.mayRequest?.(url) !== true)
      .map(() => 'a request went to a place that configuration does not name'),
    ...(observed.computedMs > MAX_COMPUTED_MS ? [`took more than ${MAX_COMPUTED_MS} ms of computing`] : []),
    ...(observed.polluted.length > 0 ? ['every object inherits something new'] : []),
  ]
}

/** Refusals are `WebhookError`s of `verify` and `handshake`, in one line of our own; `parse` is total. */
function faultsOfSteps({ rejection, thrown }: Observed): readonly string[] {
  const faults = thrown.flatMap(({ step, error }) => {
    if (step === 'parse' || !isWebhookError(error)) return [`${step} threw ${describe(error)}`]
    return /^\[bouncy\/[a-z]+\] .{10,400}$/.test(error.message) ? [] : [`${step} refused with an odd message`]
  })
  return rejection === undefined ? faults : [...faults, `receive rejected with ${describe(rejection)}`]
}

/** The reply table of the contract, with the one word that each refusal is. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: 'bad request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not found',
  405: 'method not allowed',
  406: 'not acceptable',
  408: 'request timeout',
  413: 'content too large',
  415: 'unsupported media type',
}

const NEEDED_HEADERS: Readonly<Record<number, string>> = { 401: 'www-authenticate', 405: 'allow' }

function faultsOfReply(reply: WebhookReply | undefined): readonly string[] {
  if (reply === undefined) return []
  const { status, headers = {}, body = '' } = reply
  const word = REFUSALS[status]
  if (status >= 500) return [`replied ${status}`]
  if (status !== 200 && word === undefined) return [`replied ${status}, which is not in the reply table`]
  const needed = NEEDED_HEADERS[status]
  return [
    ...(word !== undefined && word !== body ? [`replied ${status} with a body of its own`] : []),
    ...(body.length > 100 ? [`replied ${status} with a long body`] : []),
    ...(needed !== undefined && headers[needed] === undefined ? [`replied ${status} without ${needed}`] : []),
  ]
}

function faultsOfOutcome(subject: FuzzSubject, one: FuzzCase, observed: Observed): readonly string[] {
  const { reply, verified } = observed
  if (reply?.status !== 200) {
    const kept = observed.recorded.length > 0 || observed.notices.length > 0
    return [
      ...(one.must === 'accept' ? [`refused with ${reply?.status ?? 'nothing'} what is genuine`] : []),
      ...(kept ? ['refused, and yet something was stored or told'] : []),
    ]
  }
  if (one.must === 'refuse') return ['accepted what has to be refused']
  if (verified === undefined) return ['accepted without being verified']
  const objection = subject.objection(one.post, verified.payload)
  return objection === undefined ? [] : [`accepted, but ${objection}`]
}

function faultsOfRecord({ recorded, notices }: Observed): readonly string[] {
  const faults = recorded.flatMap(({ events, marks, quarantined }) => [
    ...events.flatMap(({ event }) => faultOfEvent(event) ?? []),
    ...(isPlainJson(marks) ? [] : ['a mark is not plain JSON']),
    ...(isPlainJson(quarantined) ? [] : ['what is quarantined is not plain JSON']),
    ...quarantined.flatMap(({ reason }) =>
      reason === '' || reason.length > 100 ? ['a quarantine has no short reason'] : [],
    ),
  ])
  return notices.every(isPlainJson) ? faults : [...faults, 'a notice is not plain JSON']
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `a ${typeof error}`
  const [place = ''] = /[\w-]+\.ts:\d+/.exec(error.stack ?? '') ?? []
  return `${error.name} (${error.message.slice(0, 100)}) ${place}`
}
