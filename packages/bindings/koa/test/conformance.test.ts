import { buffer } from 'node:stream/consumers'
import { koaWebhooks } from '@bouncy/koa'
import { testBinding } from '@bouncy/testkit'
import { bodyParser } from '@koa/bodyparser'
import Koa, { type Middleware } from 'koa'
import bodyParser2 from 'koa-bodyparser'
import Koa2 from 'koa2'
import { listening } from './server.ts'

const versions = [
  ['koa 3', Koa, bodyParser()],
  ['koa 2.13', Koa2 as unknown as typeof Koa, bodyParser2() as unknown as Middleware],
] as const

for (const [name, Application, parse] of versions) {
  testBinding(name, async (bouncy, { prefix, echo, parser, bodyTimeoutMs }) => {
    const app = new Application()
    app.silent = true // Koa prints who breaks off
    if (parser === 'keeps-bytes') app.use(keepBytes)
    if (parser !== 'none') app.use(parse)
    app.use(koaWebhooks(bouncy, { prefix, ...(bodyTimeoutMs === undefined ? {} : { bodyTimeoutMs }) }))
    app.use(parse)
    app.use((ctx) => {
      if (ctx.path === echo) ctx.body = ctx.request.body
    })
    return listening(app.listen(0, '127.0.0.1'))
  })
}

/** What an application does that needs the bytes: the parsers of Koa keep text, and leave a body alone that is there. */
const keepBytes: Middleware = async (ctx, next) => {
  if (ctx.is('json')) {
    const rawBody = await buffer(ctx.req)
    Object.assign(ctx.request, { rawBody, body: JSON.parse(rawBody.toString()) })
  }
  await next()
}
