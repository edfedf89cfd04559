import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { postmarkPosts } from '@bouncy/postmark/testing'
import { Client } from 'pg'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'

const SERVER = 'postgres://postgres@127.0.0.1:5432/'
const name = `bouncy_example_${process.pid}_${Date.now().toString(36)}`
const env = { ...process.env, DATABASE_URL: SERVER + name, PORT: '0', POSTMARK_HOOK: 'a secret of this test' }
const posts = postmarkPosts({ username: 'hook', password: env.POSTMARK_HOOK })

const admin = await reach()
if (admin !== undefined) describeServer(admin)

/** Where nobody answers, it says so and the suite is skipped; not in CI, which has a PostgreSQL. */
async function reach(): Promise<Client | undefined> {
  const client = new Client({ connectionString: `${SERVER}postgres`, connectionTimeoutMillis: 3_000 })
  try {
    await client.connect()
    return client
  } catch (error) {
    if (process.env.CI === 'true') throw error
    const line = `PostgreSQL at 127.0.0.1:5432 does not answer, so nothing is shown of it: ${error}`
    process.stderr.write(`${line}\n`)
    describe.skip(line)
    return undefined
  }
}

function describeServer(admin: Client): void {
  const started: ChildProcess[] = []
  afterAll(async () => {
    for (const child of started) child.kill('SIGKILL')
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.end()
  })

  function start(script: string) {
    const child = spawn(process.execPath, [join(import.meta.dirname, script)], { env })
    started.push(child)
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    return { child, errors: text(child.stderr), lines }
  }

  /** The first line that matches. */
  async function find(lines: AsyncIterator<string>, pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const { value, done } = await lines.next()
      if (done) throw new Error(`no line matches ${pattern}`)
      const found = pattern.exec(value)
      if (found !== null) return found
    }
  }

  it('asks for its tables, takes what Postmark posts, says whom to mail, and loses nothing as it stops', async () => {
    await admin.query(`create database ${name}`)
    const { child, errors, lines } = start('server.ts')
    const [url = ''] = await find(lines, /http:\S+/)
    const post = async (request: RequestInit): Promise<number> => (await fetch(url, request)).status

    const bounce = posts.bounce('HardBounce', { ID: 1, Email: 'ada@example.com' })
    expect(await post(bounce)).toBe(503)
    const migration = start('migrate.ts')
    expect(await once(migration.child, 'close')).toEqual([0, null])
    expect(await post(bounce)).toBe(200)
    await find(lines, /^bounce hard ada@example\.com /)

    const complaint = posts.spamComplaint({ ID: 2, Email: 'grace@example.com' })
    expect(await post(complaint)).toBe(200)
    const leaves = (MessageStream: string, Recipient: string) =>
      posts.subscriptionChange({ MessageStream, Recipient })
    expect(await post(leaves('newsletter', 'kim@example.com'))).toBe(200)
    expect(await post(leaves('receipts', 'lee@example.com'))).toBe(200)
    const forged = postmarkPosts({ username: 'hook', password: 'a guess' })
    expect(await post(forged.bounce('HardBounce', { ID: 3, Email: 'alan@example.com' }))).toBe(401)

    const database = new Client({ connectionString: env.DATABASE_URL })
    await database.connect()
    onTestFinished(() => database.end())
    const addresses = ['ada', 'Grace', 'alan', 'kim', 'lee'].map((who) => `${who}@example.com`)
    await database.query('insert into subscribers select unnest($1::text[])', [addresses])
    const issue = await fetch(new URL('/next-issue', url))
    const { mail, leaveOut } = (await issue.json()) as { mail: string[]; leaveOut: object[] }
    expect(mail.toSorted()).toEqual(['alan@example.com', 'lee@example.com'])
    expect(leaveOut).toHaveLength(3)
    expect(leaveOut).toContainEqual({ address: 'ada@example.com', reason: 'bounce' })
    expect(leaveOut).toContainEqual({ address: 'Grace@example.com', reason: 'complaint' })
    expect(leaveOut).toContainEqual({ address: 'kim@example.com', reason: 'unsubscribe' })
    expect((await fetch(new URL('/nowhere', url))).status).toBe(404)

    await database.query('begin; lock table bouncy_events in exclusive mode')
    const underWay = post(posts.bounce('HardBounce', { ID: 4, Email: 'mary@example.com' }))
    await untilSomebodyWaits()
    child.kill('SIGTERM')
    await find(lines, /^stopping$/)
    await database.query('commit')
    expect(await underWay).toBe(200)
    expect(await once(child, 'close')).toEqual([0, null])
    const { rowCount } = await database.query(
      "select from bouncy_suppressions where address = 'mary@example.com'",
    )
    expect(rowCount).toBe(1)
    expect(await errors).toMatch(/migrate\(\)/)
  })

  /** Until a request of the server stands before a lock in the database; each turn is a query. */
  async function untilSomebodyWaits(): Promise<void> {
    for (;;) {
      const { rows } = await admin.query(
        'select count(*)::int as n from pg_locks join pg_database on pg_database.oid = database where datname = $1 and not granted',
        [name],
      )
      if (rows[0]?.n > 0) return
    }
  }
}
