// What a user's program does, with the packages handed in by the ES module or the CommonJS file that loaded them.
const assert = require('node:assert/strict')
const { once } = require('node:events')
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const topicArn = 'arn:aws:sns:us-east-1:111122223333:mail-events'

exports.run = async ({
  createBouncy,
  createSnsSigner,
  express,
  expressWebhooks,
  postmark,
  ses,
  sqliteStore,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'bouncy-consumer-'))
  const amazon = createSnsSigner()
  const bouncy = createBouncy({
    providers: [
      ses({ topicArns: [topicArn], fetch: amazon.fetch }),
      postmark({ credentials: [{ username: 'hook', password: 'correct horse' }] }),
    ],
    store: sqliteStore(join(folder, 'bouncy.db')),
  })
  const app = express()
  app.use('/webhooks', expressWebhooks(bouncy))
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const base = `http://127.0.0.1:${server.address().port}/webhooks`
  try {
    const genuine = amazon.notification({
      topicArn,
      message: JSON.stringify(sesBounce),
      signatureVersion: '2',
    })
    const forged = { ...genuine, body: genuine.body.replaceAll('kim@', 'eve@') }
    assert.notEqual(forged.body, genuine.body)
    assert.equal((await fetch(`${base}/ses`, forged)).status, 403)
    assert.equal((await fetch(`${base}/ses`, genuine)).status, 200)
    assert.equal((await fetch(`${base}/postmark`, postmarkBounce('wrong'))).status, 401)
    assert.equal((await fetch(`${base}/postmark`, postmarkBounce('correct horse'))).status, 200)
    const { deliverable } = await bouncy.filterRecipients([
      'kim@example.com',
      'lee@example.com',
      'eve@example.com',
    ])
    assert.deepEqual(deliverable, ['eve@example.com'])
  } finally {
    server.close()
    await bouncy.close()
    rmSync(folder, { recursive: true })
  }
}

const sesBounce = {
  notificationType: 'Bounce',
  bounce: {
    bounceType: 'Permanent',
    bounceSubType: 'General',
    feedbackId: '0100018f00000001-00000000-0000-0000-0000-000000000001-000000',
    timestamp: '2026-01-02T03:04:05.000Z',
    bouncedRecipients: [
      {
        emailAddress: 'kim@example.com',
        action: 'failed',
        status: '5.1.1',
        diagnosticCode: 'smtp; 550 5.1.1 unknown user',
      },
    ],
  },
  mail: {
    timestamp: '2026-01-02T03:04:04.000Z',
    messageId: '0100018f00000002-00000000-0000-0000-0000-000000000002-000000',
    source: 'shop@example.org',
    destination: ['kim@example.com'],
  },
}

function postmarkBounce(password) {
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`hook:${password}`).toString('base64')}`,
    },
    body: JSON.stringify({
      RecordType: 'Bounce',
      ID: 692560173,
      Type: 'HardBounce',
      TypeCode: 1,
      MessageID: '883953f4-6105-42a2-a16a-77a8eac79483',
      MessageStream: 'outbound',
      Email: 'lee@example.com',
      BouncedAt: '2026-01-02T03:04:05.0000000Z',
      Description: 'The server was unable to deliver your message',
      Details: 'smtp;550 5.1.1 unknown user',
      Inactive: true,
    }),
  }
}
