import { createBouncy, memoryStore, type Notice, type Provider, type WebhookReply } from '@bouncy/core'
import type { RecordBatch } from '@bouncy/core/store'
import { requestOf } from './post.ts'
import type { FuzzPost, FuzzSubject } from './target.ts'

/** What was seen while one request was received. */
export interface Observed {
  /** Nothing, where `receive` rejected. */
  readonly reply?: WebhookReply
  readonly rejection?: unknown
  /** What `verify` returned; in an object, since anything may be returned. */
  readonly verified?: { readonly payload: unknown }
  /** What a step of the provider threw. */
  readonly thrown: readonly { readonly step: 'verify' | 'handshake' | 'parse'; readonly error: unknown }[]
  readonly recorded: readonly RecordBatch[]
  readonly notices: readonly Notice[]
  /** The URLs that were asked for. */
  readonly requests: readonly string[]
  /** What every object has inherited since; taken away again, lest it trouble the next case. */
  readonly polluted: readonly string[]
  /** What this thread computed, in milliseconds. */
  readonly computedMs: number
}

/** Bouncy with the providers of a subject on a store in memory, watched. */
export interface World {
  /** Never rejects. */
  send(post: FuzzPost): Promise<Observed>
}

type Notes = { -readonly [Key in keyof Observed]: Observed[Key] } & {
  readonly thrown: Observed['thrown'][number][]
  readonly recorded: RecordBatch[]
  readonly notices: Notice[]
  readonly requests: string[]
}

export function createWorld(subject: FuzzSubject): World {
  let notes = newNotes()
  const now = (): number => subject.now
  const store = memoryStore()

  async function fetch(input: string | URL | Request): Promise<Response> {
    const url = input instanceof Request ? input.url : String(input)
    notes.requests.push(url)
    if (subject.fetch === undefined) throw new TypeError('nobody may be asked')
    return subject.fetch(url)
  }

  /** The provider as it is, with a note of what each step returned or threw. */
  function watched(provider: Provider): Provider {
    const { handshake } = provider
    const note = (step: Observed['thrown'][number]['step'], error: unknown): never => {
      notes.thrown.push({ step, error })
      throw error
    }
    return {
      ...provider,
      async verify(request) {
        try {
          const payload = await provider.verify(request)
          notes.verified = { payload }
          return payload
        } catch (error) {
          return note('verify', error)
        }
      },
      ...(handshake && {
        handshake: (payload) =>
          handshake.call(provider, payload).catch((error: unknown) => note('handshake', error)),
      }),
      parse(payload) {
        try {
          return provider.parse(payload)
        } catch (error) {
          return note('parse', error)
        }
      },
    }
  }

  const providers = subject.providers({ fetch, now }).map(watched)

  /** One that remembers no event: posts that differ may be of the same, and each is to be looked at. */
  const forgetful = () =>
    createBouncy({
      providers,
      store: {
        ...store,
        async record(batch) {
          const result = await store.record(batch)
          if (!result.tokenReused) notes.recorded.push(batch)
          return result
        },
      },
      now,
      onNotice: (notice) => notes.notices.push(notice),
    })

  return {
    async send(post) {
      notes = newNotes()
      const before = process.threadCpuUsage()
      try {
        notes.reply = await forgetful().receive(post.to, requestOf(post))
      } catch (error) {
        notes.rejection = error
      }
      const { user, system } = process.threadCpuUsage(before)
      return { ...notes, polluted: cleanPrototype(), computedMs: (user + system) / 1_000 }
    },
  }
}

const newNotes = (): Notes => ({
  thrown: [],
  recorded: [],
  notices: [],
  requests: [],
  polluted: [],
  computedMs: 0,
})

function cleanPrototype(): readonly string[] {
  const names = Object.keys(Object.prototype)
  for (const name of names) Reflect.deleteProperty(Object.prototype, name)
  return names
}
