export {
  type FastifyRoutes,
  type FastifyWebhooks,
  type FastifyWebhooksOptions,
  fastifyWebhooks,
} from './fastify-webhooks.ts'
