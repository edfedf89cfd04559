// The main job over real sockets: genuine posts are stored once, forged ones refused, in whatever runtime this is.
import assert from 'node:assert/strict'
import { createReceiver, makeTraffic } from './traffic.mjs'

/**
 * @param {object} store where events go
 * @param {(bouncy: object) => Promise<{ origin: string, close(): unknown }>} serve listens below `/webhooks`
 */
export async function smoke(store, serve) {
  const bouncy = createReceiver({ store })
  const handled = []
  bouncy.on('bounce', ({ provider, recipient }) => handled.push(`${provider} ${recipient}`))
  const { origin, close } = await serve(bouncy)
  const send = async (path, init) => {
    const reply = await fetch(`${origin}/webhooks/${path}`, init)
    await reply.text()
    return reply.status
  }
  try {
    for (const { name, genuine, forged } of makeTraffic()) {
      assert.ok([401, 403, 406].includes(await send(name, forged)), `${name}, forged`)
      assert.equal(await send(name, genuine), 200, `${name}, genuine`)
      assert.equal(await send(name, genuine), 200, `${name}, once more`)
    }
    assert.equal(await send('nobody', { method: 'POST', body: '{}' }), 404)
    assert.equal(await send('ses'), 405)
    assert.equal(await send('ses', { method: 'POST', body: new Uint8Array(2 * 1024 * 1024) }), 413)
    const names = ['ses', 'ses', 'postmark', 'sendgrid', 'mailgun', 'resend']
    assert.deepEqual(
      handled,
      names.map((name) => `${name} ${name}@example.com`),
    )
    const { deliverable, suppressed } = await bouncy.filterRecipients(
      [...names, 'kim'].map((name) => `${name}@example.com`),
    )
    assert.deepEqual([deliverable, suppressed.length], [['kim@example.com'], names.length])
  } finally {
    await close()
    await bouncy.close()
  }
}
