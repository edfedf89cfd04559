import { once } from 'node:events'
import { openSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createBouncy } from '@bouncy/core'
import { nodeWebhooks } from '@bouncy/node'
import { type PostmarkOptions, postmark } from '@bouncy/postmark'
import { ses } from '@bouncy/ses'
import type { Transaction } from 'kysely'
import { openStore, type StoreAt } from './open-store.ts'
import { ackingEarly, type Sabotage, synchronousOf } from './sabotage.ts'

/** What a receiver is told, as JSON, in its one argument. */
export interface ReceiverSetup {
  readonly store: StoreAt
  readonly postmark: PostmarkOptions['credentials']
  readonly topicArn: string
  /** What plays AWS says at this URL. */
  readonly certificate: { readonly url: string; readonly pem: string }
  /** A file to which each effect is appended: when it began (ns, monotonic), event id, recipient. */
  readonly ledger: string
  /** See `BouncyOptions`, in milliseconds. @default that of Bouncy */
  readonly leaseMs?: number
  readonly sabotage?: Sabotage
}

/** Written to by handlers in a transaction; each event must be in it once. */
export interface EffectTables {
  readonly chaos_effects: { readonly id: string; readonly recipient: string }
}

/**
 * The process that is killed: a receiver as an application has it. It says on which port it listens, and ends when
 * nobody holds its standard input any longer.
 */
const setup = JSON.parse(process.argv[2] ?? '{}') as ReceiverSetup
const { sabotage } = setup
const ledger = openSync(setup.ledger, 'a')
const { store, close } = await openStore(setup.store, synchronousOf(sabotage))

const bouncy = createBouncy({
  providers: [
    postmark({ credentials: setup.postmark }),
    ses({
      topicArns: [setup.topicArn],
      fetch: async (url) => {
        if (String(url) === setup.certificate.url) return new Response(setup.certificate.pem)
        throw new TypeError('nobody else may be asked')
      },
    }),
  ],
  store: sabotage === 'ack-early' ? ackingEarly(store) : store,
  ...(setup.leaseMs === undefined ? {} : { leaseMs: setup.leaseMs }),
})

bouncy.on('*', ({ id, recipient }) => {
  writeSync(ledger, `${process.hrtime.bigint()} ${id} ${recipient}\n`)
})
if (store.settleWith !== undefined && sabotage !== 'ack-early') {
  bouncy.on('bounce', async ({ id, recipient }, { transaction }) => {
    const trx = (await transaction()) as Transaction<EffectTables>
    await trx.insertInto('chaos_effects').values({ id, recipient }).execute()
  })
}

const server = createServer(nodeWebhooks(bouncy)).listen(0, '127.0.0.1')
await once(server, 'listening')
writeSync(1, `${(server.address() as AddressInfo).port}\n`)

process.stdin.resume()
process.stdin.once('end', () => {
  server.close()
  server.closeAllConnections()
  void bouncy
    .close()
    .then(close)
    .finally(() => process.exit())
})
