import { type Bouncy, createBouncy, memoryStore, type Provider } from '@bouncy/core'
import type { FastifyInstance } from 'fastify'
import { onTestFinished } from 'vitest'

/** Bouncy with one provider named `kit`, which takes everything unless told otherwise, and what it got and logged. */
export function recorder(overrides: Partial<Provider> = {}): {
  readonly bouncy: Bouncy
  readonly bodies: string[]
  readonly log: { readonly code?: string; readonly error?: string }[]
} {
  const bodies: string[] = []
  const log: object[] = []
  const write = (facts: object): void => void log.push(facts)
  const kit: Provider = {
    name: 'kit',
    verify: ({ body }) => void bodies.push(Buffer.from(body).toString()),
    parse: () => ({ events: [] }),
    ...overrides,
  }
  const logger = { debug: write, info: write, warn: write, error: write }
  return { bouncy: createBouncy({ providers: [kit], store: memoryStore(), logger }), bodies, log }
}

/** Serves an application on a free loopback port until the test ends, and says where. */
export function serve(app: Pick<FastifyInstance, 'listen' | 'close'>): Promise<string> {
  onTestFinished(() => app.close())
  return app.listen({ port: 0, host: '127.0.0.1' })
}
