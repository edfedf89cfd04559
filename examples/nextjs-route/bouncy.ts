import { type Bouncy, createBouncy } from '@bouncy/core'
import { postmark } from '@bouncy/postmark'
import { sqliteStore } from '@bouncy/sql/sqlite'

let bouncy: Bouncy | undefined

/** Made at the first request, not at import: `next build` imports every route, and has no secrets. */
export function getBouncy(): Bouncy {
  bouncy ??= open()
  return bouncy
}

function open(): Bouncy {
  const { DATABASE = 'bouncy.db', POSTMARK_HOOK = '' } = process.env
  const opened = createBouncy({
    providers: [postmark({ credentials: [{ username: 'hook', password: POSTMARK_HOOK }] })],
    store: sqliteStore(DATABASE),
  })
  opened.on('bounce', ({ bounceType, recipient, diagnostic }) =>
    console.log('bounce', bounceType, recipient, diagnostic),
  )
  return opened
}
