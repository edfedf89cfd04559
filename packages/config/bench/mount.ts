import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Bouncy } from '@bouncy/core'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import type { Built } from './built.ts'
import type { ServerSpec } from './server.ts'

type Framework = ServerSpec['framework']

/** Takes a post; what it returns is waited for before 200 is said. */
type Take = (account: string, body: Uint8Array, header: (name: string) => string | undefined) => unknown

/** Bouncy behind a framework, as the README of its binding shows it. */
export async function mountOurs(
  framework: Framework,
  bouncy: Bouncy,
  { load }: Pick<Built, 'load'>,
): Promise<Server> {
  switch (framework) {
    case 'node': {
      const { nodeWebhooks } = await load<typeof import('@bouncy/node')>('@bouncy/node')
      return createServer(nodeWebhooks(bouncy))
    }
    case 'express': {
      const { expressWebhooks } = await load<typeof import('@bouncy/express')>('@bouncy/express')
      return createServer(express().use('/webhooks', expressWebhooks(bouncy)))
    }
    case 'koa': {
      const { koaWebhooks } = await load<typeof import('@bouncy/koa')>('@bouncy/koa')
      return createServer(new Koa().use(koaWebhooks(bouncy, { prefix: '/webhooks' })).callback())
    }
    case 'fastify': {
      const { fastifyWebhooks } = await load<typeof import('@bouncy/fastify')>('@bouncy/fastify')
      const app = fastify()
      app.register(fastifyWebhooks(bouncy), { prefix: '/webhooks' })
      await app.ready()
      return app.server
    }
    case 'hono': {
      const { honoWebhooks } = await load<typeof import('@bouncy/hono')>('@bouncy/hono')
      const app = new Hono().all('/webhooks/*', honoWebhooks(bouncy))
      return createServer(getRequestListener(app.fetch))
    }
  }
}

/** The same by hand: the framework's own way to the bytes of a body, then 200, or 400 for whatever is thrown. */
export async function mountByHand(framework: Framework, take: Take): Promise<Server> {
  switch (framework) {
    case 'node':
      return createServer(async (request, response) => {
        try {
          await take(lastSegment(request.url), await bytesOf(request), headerOf(request))
          response.writeHead(200, { 'content-length': 0 }).end()
        } catch {
          response.writeHead(400, { 'content-length': 0 }).end()
        }
      })
    case 'express': {
      const app = express()
      app.post('/webhooks/:account', express.raw({ type: () => true }), async (request, response) => {
        await take(request.params.account as string, request.body as Uint8Array, headerOf(request))
        response.status(200).end()
      })
      return createServer(app)
    }
    case 'koa': {
      const app = new Koa()
      app.use(async (context) => {
        await take(lastSegment(context.path), await bytesOf(context.req), headerOf(context.req))
        context.status = 200
        context.body = ''
      })
      return createServer(app.callback())
    }
    case 'fastify': {
      const app = fastify()
      app.removeAllContentTypeParsers()
      app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body))
      app.post('/webhooks/:account', async (request, reply) => {
        const { account } = request.params as { readonly account: string }
        await take(account, request.body as Uint8Array, headerOf(request.raw))
        return reply.code(200).send()
      })
      await app.ready()
      return app.server
    }
    case 'hono': {
      const app = new Hono()
      app.post('/webhooks/:account', async (context) => {
        const body = new Uint8Array(await context.req.arrayBuffer())
        await take(context.req.param('account'), body, (name) => context.req.header(name))
        return context.body(null, 200)
      })
      return createServer(getRequestListener(app.fetch))
    }
  }
}

const headerOf =
  ({ headers }: IncomingMessage) =>
  (name: string): string | undefined =>
    headers[name] as string | undefined

const lastSegment = (url = ''): string => url.slice(url.lastIndexOf('/') + 1)

function bytesOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => resolve(Buffer.concat(chunks)))
      .on('error', reject)
  })
}
