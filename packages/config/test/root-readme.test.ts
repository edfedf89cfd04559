import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { root } from '../check/workspace.ts'
import { codeBlocks, writeBlocks } from './readme-code.ts'

/** What stands around the program: the application that it is a part of. */
const AROUND = (program: string): string => `
import express from ${JSON.stringify(join(root, 'examples/express-ses-sqlite/node_modules/express/index.js'))}

const app = express()
Object.assign(globalThis, { app, recipients: ['kim@example.com'] })
await import(${JSON.stringify(program)})
const server = app.listen(0, '127.0.0.1', () => console.log('port', server.address().port))
`

it('the program that the README opens with runs as written', async () => {
  const [program] = codeBlocks('README.md', readFileSync(join(root, 'README.md'), 'utf8'))
  if (program === undefined) throw new Error('README.md has no ts block')
  const { folder, files } = writeBlocks([program])
  writeFileSync(join(folder, 'around.mjs'), AROUND(files[0] ?? ''))
  const child = spawn(process.execPath, ['around.mjs'], {
    cwd: folder,
    env: { ...process.env, POSTMARK_HOOK: 'secret' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const { value: listening } = await lines.next()
    const post = (path: string, body: object, password = 'secret'): Promise<Response> =>
      fetch(`http://127.0.0.1:${/port (\d+)/.exec(listening ?? '')?.[1]}/webhooks/${path}`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`hook:${password}`)}` },
        body: JSON.stringify(body),
      })
    const bounce = {
      RecordType: 'Bounce',
      ID: 1,
      Type: 'HardBounce',
      Email: 'kim@example.com',
      Details: 'smtp;550 5.1.1 no such user',
    }
    expect((await post('postmark', bounce)).status).toBe(200)
    expect((await lines.next()).value).toBe('hard kim@example.com smtp;550 5.1.1 no such user')
    expect((await post('postmark', bounce, 'wrong')).status).toBe(401)
    expect((await post('ses', { Type: 'Notification' })).status).toBe(400)
  } finally {
    child.kill()
    await once(child, 'close')
    rmSync(folder, { recursive: true, force: true })
  }
})
