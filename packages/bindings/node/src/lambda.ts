import type { Bouncy, WebhookReply } from '@bouncy/core'
import { providerOf } from '@bouncy/core/binding'
import { hasManyValues, type LambdaEvent, toUnreadRequest } from './lambda/event.ts'

export type { LambdaEvent, LambdaEventV1, LambdaEventV2 } from './lambda/event.ts'

/** What the function returns: the part of both payload formats that is used. */
export interface LambdaReply {
  readonly statusCode: number
  readonly headers?: Record<string, string>
  /** Instead of `headers`, where the event has its headers so. */
  readonly multiValueHeaders?: Record<string, string[]>
  readonly body: string
  readonly isBase64Encoded: false
}

/** A handler for AWS Lambda. */
export type LambdaWebhooks = (event: LambdaEvent) => Promise<LambdaReply>

/**
 * Bouncy as an AWS Lambda function behind a function URL, an API of API Gateway (HTTP or REST) or a load balancer:
 * `POST …/ses` goes to the provider named `ses`. Make it once, outside the handler, with a store that outlives the
 * function: a database server or Redis, neither `memoryStore` nor SQLite in `/tmp`. `bouncy.close()` is not called
 * between invocations.
 *
 * @throws TypeError what is not Bouncy; of the handler: an event that is no HTTP request
 * @example
 * export const handler = lambdaWebhooks(bouncy)
 */
export function lambdaWebhooks(bouncy: Bouncy): LambdaWebhooks {
  if (typeof bouncy?.receive !== 'function') {
    throw new TypeError('[bouncy/node] bouncy: pass what createBouncy returned')
  }
  return async (event) => {
    const request = toUnreadRequest(event)
    // between invocations nothing runs
    const reply = await bouncy.receive(providerOf(request.url), request, { untilSettled: true })
    return toLambdaReply(reply, hasManyValues(event))
  }
}

function toLambdaReply({ status, headers = {}, body = '' }: WebhookReply, manyValues: boolean): LambdaReply {
  const lists = Object.entries(headers).map(([name, value]): [string, string[]] => [name, [value]])
  return {
    statusCode: status,
    ...(manyValues ? { multiValueHeaders: Object.fromEntries(lists) } : { headers: { ...headers } }),
    body,
    isBase64Encoded: false,
  }
}
