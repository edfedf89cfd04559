import { Buffer } from 'node:buffer'
import type { LambdaEvent } from '@bouncy/node/lambda'

/** A request as its sender makes it. */
export interface Sent {
  readonly method?: string
  readonly path?: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array
}

/** The event that AWS makes of a request, with all members that its documentation shows. */
export type MakeEvent = (sent: Sent) => LambdaEvent

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads */
export const functionUrl: MakeEvent = (sent) => {
  const { method = 'POST', path = '/webhooks/kit', query = '' } = sent
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    headers: joined(sent),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'abcdefg',
      domainName: 'abcdefg.lambda-url.eu-west-1.on.aws',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.7', userAgent: 'kit' },
      requestId: '3c5e4f2a',
      routeKey: '$default',
      stage: '$default',
      time: '12/Mar/2026:19:03:58 +0000',
      timeEpoch: 1773342238000,
    },
    ...bodyOf(sent, true),
  }
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export const httpApi: MakeEvent = (sent) => ({
  ...functionUrl({ ...sent, path: `/prod${sent.path ?? '/webhooks/kit'}` }),
  routeKey: 'ANY /webhooks/{provider}',
  pathParameters: { provider: 'kit' },
  stageVariables: {},
  ...bodyOf(sent, false),
})

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
export const restApi: MakeEvent = (sent) => ({
  resource: '/webhooks/{provider}',
  path: sent.path ?? '/webhooks/kit',
  httpMethod: sent.method ?? 'POST',
  headers: Object.fromEntries(lists(sent, titled).map(([name, values]) => [name, values.at(-1) ?? ''])),
  multiValueHeaders: Object.fromEntries(lists(sent, titled)),
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  requestContext: {
    httpMethod: sent.method ?? 'POST',
    identity: { sourceIp: '192.0.2.7', userAgent: 'kit' },
    stage: 'prod',
  },
  ...bodyOf(sent, true),
})

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html */
export const loadBalancer: MakeEvent = (sent) => ({
  requestContext: {
    elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/hooks/1' },
  },
  httpMethod: sent.method ?? 'POST',
  path: sent.path ?? '/webhooks/kit',
  queryStringParameters: {},
  headers: { ...joined(sent), 'x-forwarded-for': '192.0.2.7' },
  ...bodyOf(sent, false),
})

/** The same, with the target group's attribute `lambda.multi_value_headers.enabled`. */
export const loadBalancerOfLists: MakeEvent = (sent) => {
  const { headers, ...event } = loadBalancer(sent) as Extract<LambdaEvent, { path: string }>
  return {
    ...event,
    multiValueHeaders: { ...Object.fromEntries(lists(sent)), 'x-forwarded-for': ['192.0.2.7'] },
  }
}

const lower = (name: string): string => name.toLowerCase()
const titled = (name: string): string => name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())

function lists({ headers = {} }: Sent, spell = lower): (readonly [name: string, values: string[]])[] {
  return Object.entries(headers).map(([name, value]) => [spell(name), [value].flat()] as const)
}

function joined(sent: Sent): Record<string, string> {
  return Object.fromEntries(lists(sent).map(([name, values]) => [name, values.join(',')]))
}

function bodyOf({ body = '' }: Sent, encode: boolean): { body: string; isBase64Encoded: boolean } {
  const bytes = Buffer.from(body)
  const isText = !encode && Buffer.compare(Buffer.from(bytes.toString('utf8')), bytes) === 0
  return { body: bytes.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText }
}
