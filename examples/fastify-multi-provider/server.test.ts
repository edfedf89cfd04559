import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { postmarkPosts } from '@bouncy/postmark/testing'
import { sesPosts } from '@bouncy/ses/testing'
import { createSnsSigner } from '@bouncy/sns/testing'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { createApp } from './app.ts'

const folder = mkdtempSync(join(tmpdir(), 'bouncy-fastify-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const topicArns = {
  shop: 'arn:aws:sns:us-east-1:111122223333:shop',
  news: 'arn:aws:sns:eu-west-1:111122223333:news',
}
const postmarkPassword = 'a long secret of this test'
const byPostmark = postmarkPosts({ username: 'hook', password: postmarkPassword })

it('takes what each account is sent, and no account what another is sent', async () => {
  const amazon = createSnsSigner()
  const { app, bouncy } = createApp({
    database: join(folder, 'in-process.db'),
    topicArns,
    postmarkPassword,
    fetch: amazon.fetch,
  })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const post = async (name: string, request: RequestInit): Promise<number> =>
    (await fetch(`${origin}/webhooks/${name}`, request)).status
  const byShop = sesPosts({ signer: amazon, topicArn: topicArns.shop })
  const byNews = sesPosts({ signer: amazon, topicArn: topicArns.news, signatureVersion: '2' })

  expect(await post('ses-shop', byShop.subscriptionConfirmation())).toBe(200)
  expect(amazon.requests.filter((request) => request.includes('ConfirmSubscription'))).toHaveLength(1)
  expect(await post('ses-shop', byShop.bounce({ recipients: ['ada@example.com'] }))).toBe(200)
  expect(await post('ses-news', byNews.complaint({ recipients: ['alan@example.com'] }))).toBe(200)
  expect(await post('postmark', byPostmark.bounce('HardBounce', { Email: 'mary@example.com' }))).toBe(200)

  expect(await post('ses-shop', byNews.bounce({ recipients: ['grace@example.com'] }))).toBe(403)
  const genuine = byShop.bounce({ recipients: ['kurt@example.com'] })
  const changed = { ...genuine, body: genuine.body.replaceAll('kurt@', 'grace@') }
  expect(await post('ses-shop', changed)).toBe(403)
  expect(await post('ses', byShop.bounce())).toBe(404)

  expect(await (await fetch(`${origin}/suppressions`)).json()).toMatchObject({
    items: [
      { address: 'ada@example.com', reason: 'bounce', provider: 'ses-shop' },
      { address: 'alan@example.com', reason: 'complaint', provider: 'ses-news' },
      { address: 'mary@example.com', reason: 'bounce', provider: 'postmark' },
    ],
  })
  expect((await bouncy.filterRecipients(['grace@example.com'])).deliverable).toEqual(['grace@example.com'])
  await app.close()
})

it('the server starts, takes a bounce, logs it and stops when it is told to', async () => {
  const env = {
    ...process.env,
    DATABASE: join(folder, 'server.db'),
    PORT: '0',
    SHOP_TOPIC_ARN: topicArns.shop,
    NEWS_TOPIC_ARN: topicArns.news,
    POSTMARK_HOOK: postmarkPassword,
  }
  const server = spawn(process.execPath, [new URL('server.ts', import.meta.url).pathname], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void server.kill('SIGKILL'))
  const shown: string[] = []
  for await (const line of createInterface({ input: server.stdout })) {
    shown.push(line)
    const url = /POST (\S+\/webhooks)\//.exec(line)?.[1]
    if (url !== undefined) {
      const bounce = byPostmark.bounce('HardBounce', { Email: 'mary@example.com' })
      expect((await fetch(`${url}/postmark`, bounce)).status).toBe(200)
      server.kill('SIGTERM')
    }
  }
  if (server.exitCode === null) await once(server, 'close')
  expect(server.exitCode).toBe(0)
  expect(shown).toContainEqual(expect.stringMatching(/^bounce postmark hard mary@example\.com /))
  const log = shown.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
  expect(log).toContainEqual(expect.objectContaining({ provider: 'postmark', msg: 'webhook accepted' }))
  expect(log).toContainEqual(expect.objectContaining({ msg: 'request completed' }))
})
