/**
 * Stands in for Next.js, which would add 340 MB to the installation of this repository: it hands `Request`s to the same
 * files as Next's App Router does (tried with Next 16.4.6, `next build` and `next start`). In a Next project `app/` and
 * `bouncy.ts` are all you need; with `.ts` in imports set `allowImportingTsExtensions`.
 */
import { serve } from '@hono/node-server'
import * as newsletter from './app/newsletter/route.ts'
import * as webhooks from './app/webhooks/[provider]/route.ts'

const server = serve({ fetch: answer, port: Number(process.env.PORT ?? 3000) }, ({ port }) =>
  console.log(`POST http://localhost:${port}/webhooks/postmark`),
)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close())

function answer(request: Request): Response | Promise<Response> {
  const { pathname } = new URL(request.url)
  const route = routeAt(pathname)
  if (route === undefined) return new Response(null, { status: 404 })
  return request.method === 'POST' ? route.POST(request) : new Response(null, { status: 405 })
}

function routeAt(pathname: string): typeof webhooks | typeof newsletter | undefined {
  if (/^\/webhooks\/[^/]+$/.test(pathname)) return webhooks
  return pathname === '/newsletter' ? newsletter : undefined
}
