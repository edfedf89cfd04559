import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { reachBrowser } from './browser.ts'
import { openShop, posts, type Shop } from './shop.ts'

const browser = await reachBrowser()
if (browser !== undefined) describeShopIn(browser)

function describeShopIn(browser: Browser): void {
  let shop: Shop
  let page: Page

  beforeEach(async () => {
    shop = await openShop()
    page = await (await browser.newContext({ baseURL: shop.origin })).newPage()
    page.setDefaultTimeout(10_000)
  })
  afterEach(async () => {
    await page.context().close()
    await shop.close()
  })
  afterAll(() => browser.close())

  const alerts = (at = page) => at.getByRole('alert').allInnerTexts()
  const says = (role: 'status' | 'code', words: RegExp) =>
    page.getByRole(role).filter({ hasText: words, visible: true }).waitFor()

  async function signUp(address: string): Promise<void> {
    await page.goto('/')
    await page.getByLabel('Your e-mail address').fill(address)
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
  }
  async function changeTo(address: string): Promise<void> {
    await page.getByLabel('Another e-mail address').fill(address)
    await page.getByRole('button', { name: 'Change the address' }).click()
  }

  it('tells a user once that mail bounced, and mails them again at another address', async () => {
    await signUp('ada@example.com')
    await says('status', /^Welcome. We have sent a mail to ada@example.com.$/)
    expect(shop.mailed).toEqual(['ada@example.com'])
    expect(await alerts()).toEqual([])

    expect(await shop.report(posts.bounce('HardBounce', { ID: 1, Email: 'ada@example.com' }))).toBe(200)
    await page.reload()
    expect(await alerts()).toEqual([
      expect.stringMatching(
        /^Mail to ada@example\.com could not be delivered: there is no such mailbox; check your address\./,
      ),
    ])
    await page.getByText('What the other side said').click()
    await says('code', /^smtp;550 5.1.1 no such user here$/)

    await page.reload()
    expect(await alerts()).toEqual([])
    await page.getByText('on hold: give us another address').waitFor()
    await page.getByRole('button', { name: 'Send me a test mail' }).click()
    await says('status', /^We have sent no mail: /)
    expect(shop.mailed).toEqual(['ada@example.com'])

    await changeTo('ada@example.org')
    await says('status', /^Saved. We have sent a mail to ada@example.org.$/)
    await page.getByText('as usual').waitFor()
    await page.getByRole('button', { name: 'Send me a test mail' }).click()
    await says('status', /^We have sent a mail to ada@example.org.$/)
    expect(shop.mailed).toEqual(['ada@example.com', 'ada@example.org', 'ada@example.org'])
    expect(await shop.bouncy.isSuppressed('ada@example.com')).toBe(true)
  })

  it('says it in one of two tabs that are loaded at the same time', async () => {
    await signUp('ada@example.com')
    const tabs = [page, ...(await Promise.all([1, 2, 3].map(() => page.context().newPage())))]
    expect(await shop.report(posts.bounce('HardBounce', { ID: 2, Email: 'ada@example.com' }))).toBe(200)
    await Promise.all(tabs.map((tab) => tab.goto('/')))
    expect((await Promise.all(tabs.map(alerts))).flat()).toHaveLength(1)
  })

  it('shows what a stranger wrote as text, and runs nothing of it', async () => {
    const errors: string[] = []
    page.on('pageerror', ({ message }) => errors.push(message))
    await signUp('ada@example.com')
    const Details = `smtp;550 5.1.1 </code><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`
    expect(await shop.report(posts.bounce('HardBounce', { ID: 3, Email: 'ada@example.com', Details }))).toBe(
      200,
    )
    await page.reload()
    await page.getByText('What the other side said').click()
    expect(await page.getByRole('code').allInnerTexts()).toEqual([Details])
    expect(await page.locator('main img, main script').count()).toBe(0)
    expect(await page.title()).toBe('Your account · Little Shop')
    expect(errors).toEqual([])
  })

  it('says what is wrong with an address, beside what was typed', async () => {
    await shop.report(posts.bounce('HardBounce', { ID: 4, Email: 'gone@example.com' }))
    await shop.report(posts.spamComplaint({ ID: 5, Email: 'angry@example.com' }))
    await signUp('ada@example.com')
    for (const [typed, refusal] of [
      ['nonsense', /^This is no e-mail address/],
      ['Gone@EXAMPLE.com', /^Mail to this address has come back before/],
      ['angry@example.com', /^We were asked not to write/],
    ] as const) {
      await changeTo(typed)
      const field = page.getByLabel('Another e-mail address')
      await page.locator('#refusal', { hasText: refusal }).waitFor()
      expect(await field.inputValue()).toBe(typed)
      expect(await field.getAttribute('aria-invalid')).toBe('true')
      expect(await field.getAttribute('aria-describedby')).toBe('refusal')
    }
    await page.goto('/')
    await page.getByText('ada@example.com').waitFor()
    expect(shop.mailed).toEqual(['ada@example.com'])
  })

  it('fits a narrow window, and follows the reader into the dark', async () => {
    await signUp(`${'a'.repeat(60)}@${'long-label.'.repeat(8)}example.com`)
    await page.setViewportSize({ width: 320, height: 640 })
    const width = () => page.evaluate('document.documentElement.scrollWidth')
    expect(await width()).toBeLessThanOrEqual(320)
    const paper = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const light = await paper()
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await paper()).not.toBe(light)
  })
}
