import { Buffer } from 'node:buffer'
import type { UnreadRequest } from '@bouncy/core'

/**
 * The part that is used of payload format 2.0, of function URLs and HTTP APIs.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export interface LambdaEventV2 {
  readonly rawPath: string
  readonly rawQueryString?: string
  /** Names in lower case, several values joined by commas. */
  readonly headers: LambdaHeaders
  readonly requestContext: { readonly http: { readonly method: string; readonly sourceIp?: string } }
  readonly body?: string | null
  readonly isBase64Encoded: boolean
}

/**
 * The part that is used of payload format 1.0, of REST APIs, and of what load balancers send. Its query is no part of
 * it: these have decoded it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export interface LambdaEventV1 {
  readonly httpMethod: string
  readonly path: string
  readonly headers?: LambdaHeaders | null | undefined
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null | undefined
  /** A load balancer does not say whose request it is but in a header that anybody can set: its address is not known. */
  readonly requestContext?: { readonly identity?: { readonly sourceIp?: string }; readonly elb?: object }
  readonly body?: string | null
  readonly isBase64Encoded: boolean
}

/** An HTTP request as AWS hands it to a function. */
export type LambdaEvent = LambdaEventV2 | LambdaEventV1

type LambdaHeaders = Readonly<Record<string, string | undefined>>

/** @throws TypeError an event that is no HTTP request */
export function toUnreadRequest(event: LambdaEvent): UnreadRequest {
  const { method, url, remoteAddress } = targetOf(event)
  const headers = headersOf(event)
  return {
    method,
    url,
    header: (name) => headers.get(name.toLowerCase()),
    read: async () => Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  }
}

/** Whether headers come, and are to be answered, as lists: REST APIs, and load balancers that are set so. */
export function hasManyValues(event: LambdaEvent): boolean {
  return 'multiValueHeaders' in event && event.multiValueHeaders != null
}

function targetOf(event: LambdaEvent): Pick<UnreadRequest, 'method' | 'url'> & {
  readonly remoteAddress: string | undefined
} {
  const { httpMethod, path, rawPath, rawQueryString, requestContext } = (event ?? {}) as Partial<
    Omit<LambdaEventV1 & LambdaEventV2, 'requestContext'> & {
      readonly requestContext: Partial<LambdaEventV1['requestContext'] & LambdaEventV2['requestContext']>
    }
  >
  const http = requestContext?.http
  if (typeof rawPath === 'string' && typeof http?.method === 'string') {
    const url = rawQueryString ? `${rawPath}?${rawQueryString}` : rawPath
    return { method: http.method, url, remoteAddress: http.sourceIp }
  }
  if (typeof path === 'string' && typeof httpMethod === 'string') {
    return { method: httpMethod, url: path, remoteAddress: requestContext?.identity?.sourceIp }
  }
  throw new TypeError(
    '[bouncy/node] event: this is no HTTP request; put the function behind a function URL, API Gateway or a load balancer',
  )
}

function headersOf(event: LambdaEvent): ReadonlyMap<string, string> {
  const lists = hasManyValues(event) ? (event as LambdaEventV1).multiValueHeaders : undefined
  return new Map(
    Object.entries(lists ?? event.headers ?? {}).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), typeof value === 'string' ? value : value.join(', ')]],
    ),
  )
}
