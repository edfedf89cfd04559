import { createServer } from 'node:http'
import { honoWebhooks } from '@bouncy/hono'
import { testBinding } from '@bouncy/testkit'
import { getRequestListener } from '@hono/node-server'
import { Hono, type MiddlewareHandler } from 'hono'
import { Hono as Hono40 } from 'hono40'
import { getRequestListener as getRequestListener20 } from 'node-server20'
import { listening } from './server.ts'

const versions = [
  ['hono 4 on node-server 2', Hono, getRequestListener],
  ['hono 4.0 on node-server 2.0', Hono40 as unknown as typeof Hono, getRequestListener20],
] as const

for (const [name, Application, listener] of versions) {
  testBinding(name, async (bouncy, { prefix, echo, parser }) => {
    const app = new Application()
    if (parser === 'parses') app.use(parse)
    if (parser === 'keeps-bytes') app.use(`${prefix}/*`, keepBytes)
    app.all(`${prefix}/*`, honoWebhooks(bouncy))
    app.post(echo, async (c) => c.json(await c.req.json()))
    return listening(createServer(listener(app.fetch)).listen(0, '127.0.0.1'))
  })
}

const parse: MiddlewareHandler = async (c, next) => {
  if (c.req.header('content-type') === 'application/json') await c.req.json()
  await next()
}

const keepBytes: MiddlewareHandler = async (c, next) => {
  await c.req.arrayBuffer()
  await next()
}
