import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'
import { acmePost } from './acme-posts.ts'

it('the server starts, takes what Acme posts and nothing else, and stops when it is told to', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bouncy-acme-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const env = {
    ...process.env,
    ACME_SECRET: 'a long secret of this test',
    DATABASE: join(folder, 'bouncy.db'),
    PORT: '0',
  }
  const server = spawn(process.execPath, [join(import.meta.dirname, '../server.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void server.kill('SIGKILL'))
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]()
  const url = /http:\S+/.exec((await lines.next()).value ?? '')?.[0] ?? ''

  const events = [{ id: 'e1', kind: 'complained', to: 'kim@example.com', at: '2026-03-04T09:15:27Z' }]
  expect((await fetch(url, acmePost(env.ACME_SECRET, { events }))).status).toBe(200)
  expect((await lines.next()).value).toBe('complaint kim@example.com')
  expect((await fetch(url, acmePost('a guess', { events }))).status).toBe(403)
  server.kill('SIGTERM')
  expect(await once(server, 'close')).toEqual([0, null])
})
