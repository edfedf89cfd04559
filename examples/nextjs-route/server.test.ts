import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { postmarkPosts } from '@bouncy/postmark/testing'
import { expect, it, onTestFinished } from 'vitest'
import * as webhooks from './app/webhooks/[provider]/route.ts'

it('the route files take what Postmark posts, and say whom not to mail', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bouncy-next-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const password = 'a long secret of this test'
  const server = spawn(process.execPath, [join(import.meta.dirname, 'server.ts')], {
    env: { ...process.env, DATABASE: join(folder, 'bouncy.db'), PORT: '0', POSTMARK_HOOK: password },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void server.kill('SIGKILL'))
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]()
  const url = /http:\S+/.exec((await lines.next()).value ?? '')?.[0] ?? ''
  const posts = postmarkPosts({ username: 'hook', password })

  const bounce = posts.bounce('HardBounce', { ID: 1, Email: 'ada@example.com' })
  expect((await fetch(url, bounce)).status).toBe(200)
  expect((await lines.next()).value).toMatch(/^bounce hard ada@example\.com /)
  const forged = postmarkPosts({ username: 'hook', password: 'a guess' })
  expect((await fetch(url, forged.spamComplaint({ ID: 2, Email: 'alan@example.com' }))).status).toBe(401)
  expect((await fetch(new URL('ses', url), bounce)).status).toBe(404)
  expect((await fetch(url)).status).toBe(405)

  const addresses = JSON.stringify(['ada@example.com', 'alan@example.com'])
  const reply = await fetch(new URL('/newsletter', url), { method: 'POST', body: addresses })
  expect(await reply.json()).toEqual({
    mail: ['alan@example.com'],
    leaveOut: [{ address: 'ada@example.com', reason: 'bounce' }],
  })
  server.kill('SIGTERM')
  expect(await once(server, 'close')).toEqual([0, null])
})

it('a route file exports nothing but what Next knows, and can be imported without secrets, as next build does', () => {
  expect(Object.keys(webhooks)).toEqual(['POST'])
})
