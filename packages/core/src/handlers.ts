import type { Settings } from './bouncy.ts'
import type { EventOf, MailEvent } from './events.ts'
import { errorFacts } from './logger.ts'
import type { HandlerContext } from './types.ts'

type Handler = (event: never, context: HandlerContext) => unknown
type Type = MailEvent['type'] | '*'

const TYPES: ReadonlySet<string> = new Set([
  '*',
  'bounce',
  'complaint',
  'delivery',
  'deferral',
  'reject',
  'failure',
  'send',
  'open',
  'click',
  'unsubscribe',
  'resubscribe',
  'autoreply',
] satisfies Type[])

export interface Handlers {
  on<T extends Type>(type: T, handler: (event: EventOf<T>, context: HandlerContext) => unknown): () => void
  /** Whether anybody listens to this type. */
  has(type: MailEvent['type']): boolean
  /** Runs all handlers of an event. @returns whether all succeeded */
  run(event: MailEvent, context: HandlerContext): Promise<boolean>
}

export function createHandlers({ logger, dispatcher }: Pick<Settings, 'logger' | 'dispatcher'>): Handlers {
  const registered = new Map<Type, Set<Handler>>()
  const of = (type: Type): readonly Handler[] => [...(registered.get(type) ?? [])]

  return {
    on(type, handler) {
      if (!TYPES.has(type))
        throw new TypeError(`[bouncy/core] on: give an event's type or '*'; there is no such one`)
      if (typeof handler !== 'function')
        throw new TypeError('[bouncy/core] on: give a function as the handler')
      if (type !== '*' && dispatcher?.types?.includes(type) === false)
        throw new TypeError(`[bouncy/core] on: add '${type}' to the dispatcher's types; it is not enqueued`)
      const set = registered.get(type) ?? new Set()
      registered.set(type, set)
      const own: Handler = (event, context) => handler(event, context)
      set.add(own)
      return () => set.delete(own)
    },
    has: (type) => (registered.get(type)?.size ?? 0) + (registered.get('*')?.size ?? 0) > 0,
    async run(event, context) {
      let succeeded = true
      for (const handler of [...of(event.type), ...of('*')]) {
        try {
          await handler(event as never, context)
        } catch (error) {
          succeeded = false
          const facts = {
            code: 'handler-failed',
            provider: event.provider,
            event: event.id,
            type: event.type,
            attempt: context.attempt,
          }
          logger.error({ ...facts, ...errorFacts(error) }, 'a handler failed; the event stays unsettled')
        }
      }
      return succeeded
    },
  }
}
