import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { postmarkPosts } from '@bouncy/postmark/testing'
import { ClassicLevel } from 'classic-level'
import { expect, it, onTestFinished } from 'vitest'
import { createApp } from './app.ts'
import { levelStore } from './level-store.ts'
import { filesHold, freshFolder } from './places.ts'

const postmarkPassword = 'a long secret of this test'
const byPostmark = postmarkPosts({ username: 'hook', password: postmarkPassword })

it('the server takes a bounce, and still knows it after it was killed', async () => {
  const folder = freshFolder()
  const env = { ...process.env, FOLDER: folder, PORT: '0', POSTMARK_HOOK: postmarkPassword }
  const start = async () => {
    const server = spawn(process.execPath, [new URL('server.ts', import.meta.url).pathname], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void server.kill('SIGKILL'))
    const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]()
    const { value } = await lines.next()
    return { server, lines, url: String(value).replace('POST ', '') }
  }
  const bounce = byPostmark.bounce('HardBounce', { Email: 'mary@example.com' })

  const first = await start()
  expect((await fetch(first.url, byPostmark.bounce('HardBounce'))).status).toBe(200)
  expect((await fetch(first.url, bounce)).status).toBe(200)
  expect((await fetch(first.url, { ...bounce, headers: {} })).status).toBe(401)
  await first.lines.next()
  expect((await first.lines.next()).value).toBe('bounce hard mary@example.com')
  first.server.kill('SIGKILL')
  await once(first.server, 'close')

  const second = await start()
  expect((await fetch(second.url, bounce)).status).toBe(200)
  second.server.kill('SIGTERM')
  await once(second.server, 'close')
  expect(second.server.exitCode).toBe(0)
  expect(await second.lines.next()).toMatchObject({ done: true })

  const { bouncy, close } = createApp({ folder, postmarkPassword })
  expect(await bouncy.isSuppressed('mary@example.com')).toBe(true)
  await close()
})

it('leaves nothing of an erased address in the files', async () => {
  const folder = freshFolder()
  const db = new ClassicLevel(folder)
  const store = levelStore(db)
  const batch = { now: 1, leaseUntil: 1, events: [], quarantined: [], tokens: [] }
  const mark = { kind: 'suppress', at: 1, id: 'by-hand', reason: 'manual', fresh: true } as const
  await store.record({ ...batch, marks: [{ key: 'mary@example.com', mark }] })
  expect(filesHold(folder, 'mary@example.com')).toBe(true)
  const same = <T>(event: T): T => event
  await store.erase({
    key: 'mary@example.com',
    spellings: ['mary@example.com'],
    tombstone: 'erased:1',
    anonymise: same,
    redact: same,
  })
  await store.close()
  await db.close()
  expect(filesHold(folder, 'mary@example.com')).toBe(false)
})
