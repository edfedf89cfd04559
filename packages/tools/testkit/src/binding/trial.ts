import { type Bouncy, createBouncy, type Logger, memoryStore } from '@bouncy/core'
import { type Client, createClient } from './client.ts'
import type { BindingOptions, BindingSetup, StartBinding } from './contract.ts'
import { type KitProvider, kitProvider } from './kit-provider.ts'

/** One server, its provider and its client, for one case. */
export interface Trial {
  readonly bouncy: Bouncy
  readonly provider: KitProvider
  readonly client: Client
  readonly origin: string
  /** The path of the provider. */
  readonly kit: string
  readonly setup: BindingSetup
  /** The sentence that was logged for this code, now or soon. */
  logged(code: string): Promise<string>
  /** Whether a refusal with this code has been logged. */
  wasLogged(code: string): boolean
  /** What was promised, or an error that says what did not come. */
  soon<T>(what: string, promise: Promise<T>): Promise<T>
}

/** Runs a case against a server of its own, and stops everything whatever becomes of it. */
export async function onTrial(
  start: StartBinding,
  { patienceMs = 10_000 }: BindingOptions,
  overrides: Partial<BindingSetup>,
  run: (trial: Trial) => Promise<void>,
): Promise<void> {
  const setup: BindingSetup = { prefix: '/hooks/mail', echo: '/echo', parser: 'none', ...overrides }
  const provider = kitProvider()
  const log = createLog()
  const { bodyTimeoutMs } = setup
  const bouncy = createBouncy({
    providers: [provider],
    store: memoryStore(),
    logger: log.logger,
    // Bindings on top of `bouncy.fetch` have their deadline from here.
    ...(bodyTimeoutMs === undefined ? {} : { bodyTimeoutMs }),
  })
  const server = await start(bouncy, setup)
  const client = createClient(server.origin)
  const soon: Trial['soon'] = (what, promise) => within(patienceMs, what, promise)
  async function stop(): Promise<void> {
    provider.release()
    client.close()
    await soon('the end of close()', server.close())
  }
  const trial: Trial = {
    bouncy,
    provider,
    client,
    origin: server.origin,
    kit: `${setup.prefix}/kit`,
    setup,
    soon,
    logged: (code) => soon(`a log line with the code ${code}`, log.first(code)),
    wasLogged: log.has,
  }
  try {
    await run(trial)
  } catch (error) {
    // What went wrong first is what is told.
    await stop().catch(() => {})
    throw error
  }
  await stop()
}

function createLog(): {
  readonly logger: Logger
  first(code: string): Promise<string>
  has(code: string): boolean
} {
  const lines = new Map<string, PromiseWithResolvers<string>>()
  const seen = new Set<string>()
  function line(code: string): PromiseWithResolvers<string> {
    const known = lines.get(code) ?? Promise.withResolvers<string>()
    lines.set(code, known)
    return known
  }
  function write(facts: object): void {
    const { code, error } = facts as { readonly code?: string; readonly error?: string }
    if (code === undefined) return
    seen.add(code)
    line(code).resolve(error ?? '')
  }
  return {
    logger: { debug: write, info: write, warn: write, error: write },
    first: (code) => line(code).promise,
    has: (code) => seen.has(code),
  }
}

async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came within ${ms} ms: ${what}`)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
