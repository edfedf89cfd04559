import { koaWebhooks } from '@bouncy/koa'
import Koa from 'koa'
import Koa2 from 'koa2'
import { expect, it } from 'vitest'
import { recorder } from './server.ts'

it('a wrong option does not compile, and is refused; what is made is a middleware of both versions', () => {
  const { bouncy } = recorder()
  const prefix = '/webhooks'
  // @ts-expect-error it is bodyTimeoutMs
  expect(() => koaWebhooks(bouncy, { prefix, bodyTimeout: 5 })).toThrow('[bouncy/koa]')
  // @ts-expect-error the prefix is needed
  expect(() => koaWebhooks(bouncy, {})).toThrow('[bouncy/koa]')
  // @ts-expect-error and so are options
  expect(() => koaWebhooks(bouncy)).toThrow('[bouncy/koa]')
  new Koa().use(koaWebhooks(bouncy, { prefix, bodyTimeoutMs: 1000 }))
  new Koa2().use(koaWebhooks(bouncy, { prefix }))
})
