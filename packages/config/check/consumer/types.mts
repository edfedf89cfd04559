import { createBouncy, type MailEvent } from '@bouncy/core'
import { expressWebhooks } from '@bouncy/express'
import { postmark } from '@bouncy/postmark'
import { ses } from '@bouncy/ses'
import { sqliteStore } from '@bouncy/sql/sqlite'
import express from 'express'

const bouncy = createBouncy({
  providers: [ses({ topicArns: [] }), postmark({ credentials: [] })],
  store: sqliteStore('bouncy.db'),
})
express().use('/webhooks', expressWebhooks(bouncy))
bouncy.on('bounce', (bounce) => bounce.bounceType satisfies 'hard' | 'soft' | 'undetermined')
bouncy.on('*', (event) => event.type satisfies MailEvent['type'])
// @ts-expect-error there is no such event, and the types say so
bouncy.on('bounced', () => {})

// A wrong option does not compile against the published types either.
// @ts-expect-error it is maxInFlight
createBouncy({ providers: [], store: sqliteStore('bouncy.db'), maxInflight: 5 })
// @ts-expect-error it is topicArns
ses({ topicArns: [], topicArn: '' })
// @ts-expect-error it is allowedIps
postmark({ credentials: [], allowedIPs: [] })
// @ts-expect-error it is migrate
sqliteStore('bouncy.db', { migrations: 'auto' })
// @ts-expect-error it is bodyTimeoutMs
expressWebhooks(bouncy, { bodyTimeout: 5 })
// @ts-expect-error it is remoteAddress
bouncy.fetch(new Request('https://example.org/ses'), { remoteAdress: '192.0.2.7' })
