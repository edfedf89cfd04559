import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Bouncy } from '@bouncy/core'
import type { Store } from '@bouncy/core/store'
import { openBuilt } from './built.ts'
import { answer } from './machine.ts'
import { mountByHand, mountOurs } from './mount.ts'
import { sqliteInbox } from './reference/sqlite-inbox.ts'
import { timeOfCheck } from './rsa-check.ts'
import { forgetful, type Stage, upTo } from './stages.ts'
import { type OpenStore, openStore } from './stores.ts'
import type { Reference } from './subject.ts'
import { loadSubject } from './subjects.ts'

/** What a server is told. */
export interface ServerSpec {
  /** Of `buildAll`. */
  readonly folder: string
  /** The provider whose posts it takes. */
  readonly subject: string
  /** The accounts, by whose names the same posts are other events. */
  readonly accounts: readonly string[]
  readonly framework: 'node' | 'express' | 'koa' | 'fastify' | 'hono'
  /** Ours over a store, or what is written by hand: nothing stored, or SQLite. */
  readonly store: 'memory' | 'sqlite' | 'postgres' | 'mariadb' | 'redis' | 'by-hand' | 'by-hand-sqlite'
  /** Somebody listens to every event. */
  readonly handler?: true
  /** Nothing is answered until the process is told to stop. */
  readonly hold?: true
  /** 200 is said when a request has come so far. */
  readonly until?: Stage
  /** All accounts are in one store, as they are in an application. */
  readonly together?: true
}

const spec = JSON.parse(process.argv[2] ?? '') as ServerSpec
const subject = await loadSubject(spec.subject)
const { server, close } = spec.store.startsWith('by-hand') ? await byHand() : await ours()
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

/** What a server is asked. */
export type Question = 'port' | 'cpu' | 'memory' | 'check'

answer(async ({ what }: { readonly what: Question }) => {
  if (what === 'port') return (server.address() as AddressInfo).port
  if (what === 'cpu') return process.cpuUsage()
  if (what === 'check') return timeOfCheck()
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage()
}, close)

async function ours(): Promise<{ readonly server: Server; close(): Promise<unknown> }> {
  const built = await openBuilt(spec.folder)
  const { createBouncy } = await built.load<typeof import('@bouncy/core')>('@bouncy/core')
  const module = await built.load<never>(subject.package)
  const opened: OpenStore[] = []

  async function compose(accounts: readonly string[]): Promise<Bouncy> {
    const one = await openStore(spec.store, built)
    opened.push(one)
    const providers = accounts.map((account) => subject.provider(module, account))
    const bouncy = createBouncy({
      providers,
      store: storeFor(one.store),
      ...(spec.hold ? { replyWithinMs: 600_000 } : {}),
    })
    if (spec.handler) bouncy.on('*', () => {})
    // makes the tables
    await bouncy.isSuppressed('nobody@example.com')
    const { until } = spec
    const [provider] = providers
    if (until === undefined || until === 'decided' || provider === undefined) return bouncy
    return { ...bouncy, receive: upTo(until, provider) }
  }

  // a file for each account, so that no round finds what another one knows of its addresses; a server has one database
  const apart = spec.together !== true && (spec.store === 'sqlite' || spec.store === 'memory')
  const groups = apart ? spec.accounts.map((account) => [account]) : [spec.accounts]
  const bouncies = new Map<string, Bouncy>()
  for (const group of groups) {
    const bouncy = await compose(group)
    for (const account of group) bouncies.set(account, bouncy)
  }
  const [first] = bouncies.values()
  if (first === undefined) throw new Error('there are no accounts')
  const all: Bouncy = {
    ...first,
    receive: (name, request) => (bouncies.get(name) ?? first).receive(name, request),
    // what Hono asks; the last segment is the account
    fetch: (request, options) => {
      const name = request.url.slice(request.url.lastIndexOf('/') + 1)
      return (bouncies.get(name) ?? first).fetch(request, options)
    },
  }
  return {
    server: await mountOurs(spec.framework, all, built),
    async close() {
      if (!spec.hold) await Promise.all([...new Set(bouncies.values())].map((bouncy) => bouncy.close()))
      await Promise.all(opened.map(({ drop }) => drop()))
    },
  }
}

function storeFor(store: Store): Store {
  if (spec.hold) return { ...store, record: () => new Promise(() => {}) }
  return spec.until === 'decided' ? forgetful(store) : store
}

async function byHand(): Promise<{ readonly server: Server; close(): Promise<unknown> }> {
  const references = new Map(spec.accounts.map((account) => [account, subject.reference(account)]))
  const inboxes = new Map(
    spec.store === 'by-hand-sqlite'
      ? spec.accounts.map((account) => [account, sqliteInbox(spec.folder, account)])
      : [],
  )
  const find = (account: string): Reference => {
    const reference = references.get(account)
    if (reference === undefined) throw new Error('no such account')
    return reference
  }
  const server = await mountByHand(spec.framework, (account, body, header) => {
    if (spec.until === 'read') return
    const events = find(account)(body, header)
    if (spec.hold) return new Promise(() => {})
    return inboxes.get(account)?.store(events)
  })
  return {
    server,
    async close() {
      for (const inbox of inboxes.values()) inbox.close()
    },
  }
}
