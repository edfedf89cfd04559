import { createHmac } from 'node:crypto'
import type { Post } from '@bouncy/testkit'

/** Signs a body as Acme Mail would. @param at milliseconds since the epoch. @default now */
export function acmePost(secret: string, body: string | object, at: number = Date.now()): Post {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const timestamp = String(Math.floor(at / 1000))
  const signature = createHmac('sha256', secret).update(`${timestamp}.${text}`).digest('hex')
  return {
    method: 'POST',
    headers: { 'acme-timestamp': timestamp, 'acme-signature': signature },
    body: text,
  }
}
