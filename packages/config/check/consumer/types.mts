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
