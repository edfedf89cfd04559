import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import { openShop, posts, type Shop } from './shop.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

interface Visit {
  readonly cookie?: string
  readonly headers?: Record<string, string>
  readonly method?: string
}

function visit({ cookie = '', headers = {}, method = 'GET' }: Visit = {}): Promise<Response> {
  return fetch(shop.origin, { method, headers: { cookie, ...headers } })
}

function send(
  path: string,
  address: string,
  visit: Visit & { readonly origin?: string } = {},
): Promise<Response> {
  const { origin = shop.origin, cookie = '', headers = {} } = visit
  const body = new URLSearchParams({ address })
  return fetch(origin + path, {
    method: 'POST',
    body,
    redirect: 'manual',
    headers: { origin, cookie, ...headers },
  })
}

const cookiesOf = (reply: Response): string =>
  reply.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')

/** @returns the cookie of a new account */
async function signUp(address: string): Promise<string> {
  const reply = await send('/sign-up', address)
  expect(reply.status).toBe(303)
  for (const cookie of reply.headers.getSetCookie()) expect(cookie).toMatch(/; samesite=lax; httponly$/)
  return cookiesOf(reply)
}

const noticesIn = async (reply: Response): Promise<number> =>
  (await reply.text()).split('role="alert"').length - 1

const hardBounce = (ID: number, Email: string, fields: object = {}) =>
  posts.bounce('HardBounce', { ID, Email, ...fields })

it('leaves one notice of a bounce that is sent twenty times at once, and once more', async () => {
  const cookie = await signUp('ada@example.com')
  const replies = await Promise.all(
    Array.from({ length: 20 }, () => shop.report(hardBounce(1, 'ada@example.com'))),
  )
  expect(replies).toContain(200)
  expect(await noticesIn(await visit({ cookie }))).toBe(1)
  expect(await shop.report(hardBounce(1, 'ada@example.com'))).toBe(200)
  expect(await noticesIn(await visit({ cookie }))).toBe(0)
})

it.for([
  ['sees the first', true],
  ['sees none in between', false],
] as const)(
  'leaves one notice of all that is said of one address, whether its user %s',
  async ([, looks]) => {
    const cookie = await signUp('ada@example.com')
    const Email = 'ada@example.com'
    let seen = 0
    for (const post of [
      ...[1, 2, 3].map((ID) => posts.bounce('SoftBounce', { ID, Email, Details: 'smtp;550 5.2.2' })),
      hardBounce(4, Email),
      posts.subscriptionChange({ Recipient: Email, SuppressionReason: 'HardBounce' }),
    ]) {
      expect(await shop.report(post)).toBe(200)
      if (looks) seen += await noticesIn(await visit({ cookie }))
    }
    expect(seen + (await noticesIn(await visit({ cookie })))).toBe(1)
    await send('/address', 'ada@example.org', { cookie })
    await shop.report(hardBounce(5, 'ada@example.org'))
    expect(await noticesIn(await visit({ cookie }))).toBe(1)
  },
)

it('leaves one notice of a bounce whose handling fails after it was written', async () => {
  const attempts: number[] = []
  shop.bouncy.on('bounce', (_bounce, { attempt }) => {
    attempts.push(attempt)
    if (attempt === 1) throw new Error('not yet')
  })
  const cookie = await signUp('ada@example.com')
  expect(await shop.report(hardBounce(1, 'ada@example.com'))).toBe(503)
  expect(await shop.report(hardBounce(1, 'ada@example.com'))).toBe(200)
  expect(attempts).toEqual([1, 2])
  expect(await noticesIn(await visit({ cookie }))).toBe(1)
})

it('keeps the notice until a page is looked at', async () => {
  const cookie = await signUp('ada@example.com')
  await shop.report(hardBounce(1, 'ada@example.com'))
  expect((await visit({ cookie, method: 'HEAD' })).status).toBe(200)
  expect(await noticesIn(await visit({ cookie, headers: { 'sec-purpose': 'prefetch;prerender' } }))).toBe(0)
  expect(await noticesIn(await visit())).toBe(0)
  expect(await noticesIn(await visit({ cookie: await signUp('bob@example.com') }))).toBe(0)
  expect(await noticesIn(await visit({ cookie }))).toBe(1)
})

it('says nothing of an address that is no longer theirs, nor of what is not their fault', async () => {
  const cookie = await signUp('ada@example.com')
  await shop.report(hardBounce(1, 'ada@example.com'))
  expect((await send('/address', 'ada@example.org', { cookie })).status).toBe(303)
  await shop.report(hardBounce(2, 'ada@example.com'))
  await shop.report(posts.bounce('SpamNotification', { ID: 3, Email: 'ada@example.org' }))
  await shop.report(
    posts.bounce('SoftBounce', { ID: 5, Email: 'ada@example.org', Details: 'smtp;552 5.2.3' }),
  )
  expect(await noticesIn(await visit({ cookie }))).toBe(0)
  await shop.report(hardBounce(4, 'ADA@Example.org'))
  expect(await noticesIn(await visit({ cookie }))).toBe(1)
})

it.for([
  ['HardBounce', '5.1.1', 'there is no such mailbox; check your address'],
  ['HardBounce', '5.1.2', 'what stands behind the @ does not exist; check your address'],
  ['HardBounce', '5.2.1', 'the mailbox is switched off; check your address'],
  ['SoftBounce', '4.2.2', 'the mailbox is full; make room in it, or give us another address'],
  ['SoftBounce', '4.4.7', 'the server of the mailbox did not answer for days; check your address'],
  ['SoftBounce', '', 'the server of the mailbox did not say why; check your address'],
] as const)('says in plain words what %s %s means', async ([type, status, words]) => {
  const cookie = await signUp('ada@example.com')
  await shop.report(posts.bounce(type, { ID: 1, Email: 'ada@example.com', Details: `smtp;550 ${status}` }))
  expect(await (await visit({ cookie })).text()).toContain(`could not be delivered: ${words}.`)
})

it('refuses forms that stand on other pages', async () => {
  for (const origin of ['https://evil.example', 'null', `${shop.origin}.evil.example`, '']) {
    expect((await send('/sign-up', 'ada@example.com', { headers: { origin } })).status).toBe(403)
  }
  expect(shop.mailed).toEqual([])
})

it('knows nobody by a cookie that it has not signed', async () => {
  const cookie = await signUp('ada@example.com')
  expect(await (await visit({ cookie })).text()).toContain('Your account')
  const forged = cookie.replace(/sig=./g, 'sig=!')
  expect(forged).not.toBe(cookie)
  expect(await (await visit({ cookie: forged })).text()).toContain('Sign up')
})

it('mails exactly the address that it has checked', async () => {
  await shop.report(hardBounce(1, 'gone@example.com'))
  expect((await send('/sign-up', 'gone@example.com, Ada <ada@example.com>')).status).toBe(303)
  expect(shop.mailed).toEqual(['ada@example.com'])
})

it('the server starts, tells when mail cannot be sent, and stops when it is told to', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bouncy-notices-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const env = {
    ...process.env,
    DATABASE: join(folder, 'shop.db'),
    PORT: '0',
    POSTMARK_HOOK: 'secret',
    SMTP_URL: 'smtp://127.0.0.1:9',
  }
  const server = spawn(process.execPath, [join(import.meta.dirname, '../server.ts')], { env })
  onTestFinished(() => void server.kill('SIGKILL'))
  const complaints = text(server.stderr)
  const { value = '' } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next()
  const origin = /http:\/\/localhost:\d+/.exec(value)?.[0] ?? (await complaints)
  const reply = await send('/sign-up', 'ada@example.com', { origin })
  const cookie = cookiesOf(reply)
  expect(await (await fetch(origin, { headers: { cookie } })).text()).toContain(
    'could not send a mail just now',
  )
  server.kill('SIGTERM')
  expect(await once(server, 'close')).toEqual([0, null])
  expect(await complaints).toContain('ECONNREFUSED')
})
