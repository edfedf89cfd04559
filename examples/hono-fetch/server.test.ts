import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { memoryStore } from '@bouncy/core'
import { postmarkPosts } from '@bouncy/postmark/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from './app.ts'

const password = 'a long secret of this test'
const posts = postmarkPosts({ username: 'hook', password })
const newsletter = {
  method: 'POST',
  body: JSON.stringify(['ada@example.com', 'Grace@Example.com', 'alan@example.com']),
}

describe('the server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bouncy-hono-fetch-'))
  let server: ChildProcess
  let origin = ''
  let line: () => Promise<string>

  beforeAll(async () => {
    server = spawn(process.execPath, [new URL('server.ts', import.meta.url).pathname], {
      env: { ...process.env, DATABASE: join(folder, 'bouncy.db'), PORT: '0', POSTMARK_HOOK: password },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines = createInterface({ input: server.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
    line = async () => String((await lines.next()).value)
    origin = /http:\/\/localhost:\d+/.exec(await line())?.[0] ?? ''
  })
  afterAll(() => {
    server.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  it('takes what Postmark posts, and nothing else', async () => {
    const bounce = posts.bounce('HardBounce', { ID: 1, Email: 'ada@example.com' })
    expect((await fetch(`${origin}/webhooks/postmark`, bounce)).status).toBe(200)
    expect(await line()).toMatch(/^bounce hard ada@example\.com /)
    const complaint = posts.spamComplaint({ ID: 2, Email: 'grace@example.com' })
    expect((await fetch(`${origin}/webhooks/postmark`, complaint)).status).toBe(200)
    const forged = postmarkPosts({ username: 'hook', password: 'a guess' })
    const victim = forged.bounce('HardBounce', { ID: 3, Email: 'alan@example.com' })
    expect((await fetch(`${origin}/webhooks/postmark`, victim)).status).toBe(401)
    expect((await fetch(`${origin}/webhooks/ses`, bounce)).status).toBe(404)
  })

  it('says whom not to mail', async () => {
    const reply = await fetch(`${origin}/newsletter`, newsletter)
    expect(await reply.json()).toEqual({
      mail: ['alan@example.com'],
      leaveOut: [
        { address: 'ada@example.com', reason: 'bounce' },
        { address: 'Grace@Example.com', reason: 'complaint' },
      ],
    })
  })

  it('stops when it is told to', async () => {
    server.kill('SIGTERM')
    expect(await once(server, 'close')).toEqual([0, null])
  })
})

it('the same application answers Request objects, without a server', async () => {
  const { app, bouncy } = createApp({ store: memoryStore(), postmarkPassword: password })
  const bounce = posts.bounce('HardBounce', { ID: 1, Email: 'ada@example.com' })
  expect((await app.request('/webhooks/postmark', bounce)).status).toBe(200)
  expect(await (await app.request('/newsletter', newsletter)).json()).toMatchObject({
    mail: ['Grace@Example.com', 'alan@example.com'],
  })
  await bouncy.close()
})
