import { fastifyWebhooks } from '@bouncy/fastify'
import { testBinding } from '@bouncy/testkit'
import fastify from 'fastify'
import fastify50 from 'fastify50'
import { readFirst } from './read-first.ts'

const versions = [
  ['fastify 5', fastify],
  ['fastify 5.0', fastify50 as unknown as typeof fastify],
] as const

for (const [name, create] of versions) {
  testBinding(name, async (bouncy, { prefix, echo, parser, bodyTimeoutMs }) => {
    const app = create({
      // A path that cannot be decoded is answered before any route is looked for; 400 if the application does not say.
      frameworkErrors: (_error, _request, reply) => void reply.raw.writeHead(404).end(),
    })
    if (parser !== 'none') app.addHook('onRequest', readFirst(prefix, parser === 'keeps-bytes'))
    app.register(fastifyWebhooks(bouncy, bodyTimeoutMs === undefined ? {} : { bodyTimeoutMs }), { prefix })
    app.post(echo, (request, reply) => reply.send(request.body))
    return { origin: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() }
  })
}
