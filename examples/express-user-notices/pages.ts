import { join } from 'node:path'
import session from 'cookie-session'
import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import type { Kysely } from 'kysely'
import type { Tables } from './database.ts'
import type { Mailer, Sent } from './mailer.ts'
import { takeNotices } from './notices.ts'
import { addUser, changeAddress, findUser, type User } from './users.ts'

export interface PagesOptions {
  readonly db: Kysely<Tables>
  readonly mailer: Mailer
  /** Signs the cookie. */
  readonly sessionSecret: string
}

/** What a page shows besides the notices. */
interface View {
  readonly name: 'sign-up' | 'account'
  readonly user?: User
  /** What somebody typed, and what is wrong with it. */
  readonly typed?: string
  readonly refusal?: string
  /** Whether mail to the user is held back. */
  readonly onHold?: boolean
}

/**
 * Signing up, and an account with an address that can be changed.
 *
 * @throws TypeError a secret that anybody could guess
 */
export function pages({ db, mailer, sessionSecret }: PagesOptions): Router {
  if (sessionSecret.length < 16) throw new TypeError('sessionSecret: give 16 characters or more')
  const router = Router()
  router.use(express.static(join(import.meta.dirname, 'public')))
  router.use(hardened)
  router.use(session({ keys: [sessionSecret], sameSite: 'lax', maxAge: 30 * 86_400_000 }))
  router.use(express.urlencoded({ extended: false, limit: '4kb' }))

  router.get('/', async (request, response) => {
    const user = await userOf(request)
    await (user === undefined
      ? show(request, response, { name: 'sign-up' })
      : showAccount(request, response, user))
  })

  router.post('/sign-up', async (request, response) => {
    const typed = typedIn(request)
    const verdict = await mailer.judge(typed)
    if ('refusal' in verdict) {
      response.status(422)
      return show(request, response, { name: 'sign-up', typed, refusal: verdict.refusal })
    }
    const user = await addUser(db, verdict.address)
    request.session = { user: user.id }
    const sent = await mailer.send(user.address, 'Welcome', 'It is good to have you here.')
    finish(request, response, `Welcome. ${said(sent, user.address)}`)
  })

  router.post('/address', async (request, response) => {
    const user = await userOf(request)
    if (user === undefined) return response.redirect(303, '/')
    const typed = typedIn(request)
    const verdict = await mailer.judge(typed)
    if ('refusal' in verdict) {
      response.status(422)
      return showAccount(request, response, user, { typed, refusal: verdict.refusal })
    }
    await changeAddress(db, user, verdict.address)
    const sent = await mailer.send(verdict.address, 'Your new address', 'From now on we write to you here.')
    finish(request, response, `Saved. ${said(sent, verdict.address)}`)
  })

  router.post('/test-mail', async (request, response) => {
    const user = await userOf(request)
    if (user === undefined) return response.redirect(303, '/')
    const sent = await mailer.send(user.address, 'A test', 'If you can read this, your address works.')
    finish(request, response, said(sent, user.address))
  })

  router.post('/sign-out', (request, response) => {
    request.session = null
    response.redirect(303, '/')
  })

  async function showAccount(request: Request, response: Response, user: User, more: Partial<View> = {}) {
    const onHold = 'refusal' in (await mailer.judge(user.address))
    await show(request, response, { name: 'account', user, onHold, ...more })
  }

  /** The way of every page: whatever it shows, notices that wait for the reader stand above it. */
  async function show(request: Request, response: Response, { name, ...view }: View): Promise<void> {
    const notices = view.user !== undefined && isSeen(request) ? await takeNotices(db, view.user) : []
    const done: string | undefined = request.session?.done
    if (request.session?.done !== undefined) request.session.done = undefined
    response.render(name, { typed: '', refusal: undefined, ...view, notices, done })
  }

  function userOf(request: Request): Promise<User | undefined> {
    return findUser(db, request.session?.user)
  }

  return router
}

/** Nothing from elsewhere runs in a page or stands around it, and no form elsewhere can be sent to us. */
const hardened: RequestHandler = (request, response, next) => {
  response.set({
    'content-security-policy':
      "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
  })
  const { host, origin = 'none' } = request.headers
  const ours = [`https://${host}`, `http://${host}`].includes(origin)
  if (request.method !== 'POST' || ours) next()
  else response.sendStatus(403)
}

/** A browser that only loads ahead, or asks for the head, shows nothing to anybody. */
function isSeen(request: Request): boolean {
  return request.method !== 'HEAD' && request.get('sec-purpose') === undefined
}

function typedIn(request: Request): string {
  const address: unknown = request.body?.address
  return typeof address === 'string' ? address : ''
}

function said(sent: Sent, address: string): string {
  const words = {
    sent: `We have sent a mail to ${address}.`,
    'on hold': `We have sent no mail: what we send to ${address} does not arrive.`,
    failed: 'We could not send a mail just now.',
  }
  return words[sent]
}

function finish(request: Request, response: Response, done: string): void {
  if (request.session) request.session.done = done
  response.redirect(303, '/')
}
