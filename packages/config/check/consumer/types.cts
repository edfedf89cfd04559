import core = require('@bouncy/core')
import bouncyExpress = require('@bouncy/express')
import bouncyPostmark = require('@bouncy/postmark')
import bouncySes = require('@bouncy/ses')
import sqlite = require('@bouncy/sql/sqlite')
import express = require('express')

const bouncy = core.createBouncy({
  providers: [bouncySes.ses({ topicArns: [] }), bouncyPostmark.postmark({ credentials: [] })],
  store: sqlite.sqliteStore('bouncy.db'),
})
express().use('/webhooks', bouncyExpress.expressWebhooks(bouncy))
bouncy.on('bounce', (bounce) => bounce.bounceType satisfies 'hard' | 'soft' | 'undetermined')
bouncy.on('*', (event) => event.type satisfies core.MailEvent['type'])
// @ts-expect-error there is no such event, and the types say so
bouncy.on('bounced', () => {})
