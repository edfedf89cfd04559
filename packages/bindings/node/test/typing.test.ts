import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { nodeWebhooks } from '@bouncy/node'
import { lambdaWebhooks } from '@bouncy/node/lambda'
import { expect, it } from 'vitest'
import { recorder } from './server.ts'

it('a wrong option does not compile, and is refused; what is made is a listener of both versions of HTTP', () => {
  const { bouncy } = recorder()
  // @ts-expect-error it is bodyTimeoutMs
  expect(() => nodeWebhooks(bouncy, { bodyTimeout: 5 })).toThrow('[bouncy/node]')
  // @ts-expect-error a number of bytes
  expect(() => nodeWebhooks(bouncy, { maxBufferedBytes: '64mb' })).toThrow('[bouncy/node]')
  // @ts-expect-error this is no Bouncy
  expect(() => nodeWebhooks({})).toThrow('[bouncy/node]')
  // @ts-expect-error it has no options
  void ((): object => lambdaWebhooks(bouncy, { bodyTimeoutMs: 5 }))
  createServer(nodeWebhooks(bouncy))
  createHttp2Server(nodeWebhooks(bouncy, { bodyTimeoutMs: 1000 }))
})
