import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { post } from './server.ts'

const MEBIBYTE = 1024 * 1024

it('100 hostile senders at once, endless bodies and gzip bombs, cost less than 300 MB', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'bouncy-memory-'))
  onTestFinished(() => rm(cache, { recursive: true }))
  // Started twice: the first one leaves JavaScript behind, so that no compiler is in the memory of the second.
  const first = start(cache)
  await told(first)
  first.disconnect()
  await once(first, 'exit')
  const server = start(cache)
  onTestFinished(() => void server.kill())
  const { port } = await told(server)
  async function peak(): Promise<number> {
    server.send('peak')
    return (await told(server)).peak
  }
  expect(await post(port)).toBe(200)
  const before = await peak()

  const blank = chunk(Buffer.alloc(MEBIBYTE, ' '))
  const bomb = chunk(gzipSync(Buffer.alloc(64 * MEBIBYTE)))
  const replies = await Promise.all([
    // The limit is 5 MiB: these stop below it and hold on to what they got, then go on for ever.
    ...Array.from({ length: 25 }, () => attack(port, '', blank, 4)),
    ...Array.from({ length: 25 }, () => attack(port, '', blank)),
    ...Array.from({ length: 50 }, () => attack(port, 'Content-Encoding: gzip\r\n', bomb)),
  ])

  expect(replies.slice(50)).toEqual(Array(50).fill('415'))
  for (const status of replies.slice(0, 50)) expect(['413', '503']).toContain(status)
  expect(await post(port)).toBe(200)
  const after = await peak()
  expect(after, `${before / 1e6} MB before`).toBeLessThan(300e6)
}, 60_000)

function start(cache: string): ChildProcess {
  const env = { ...process.env, NODE_COMPILE_CACHE: cache }
  return fork(new URL('memory-server.ts', import.meta.url), { execArgv: [], env })
}

async function told(server: ChildProcess): Promise<{ readonly port: number; readonly peak: number }> {
  const gone = once(server, 'exit').then(([code]) =>
    Promise.reject(new Error(`the server ended with ${code}`)),
  )
  const [message] = await Promise.race([once(server, 'message'), gone])
  return message
}

/** One chunk of a chunked body. */
function chunk(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}

/** Sends the same chunk for ever, or waits a while after the first few of them, until the connection is closed. */
async function attack(
  port: number,
  headers: string,
  piece: Buffer,
  first = Infinity,
): Promise<string | undefined> {
  const socket = connect(port, '127.0.0.1')
  const closed = new Promise((resolve) => socket.on('error', resolve).on('close', resolve))
  let reply = ''
  socket.on('data', (bytes) => {
    reply += bytes
  })
  socket.write(`POST /kit HTTP/1.1\r\nHost: x\r\n${headers}Transfer-Encoding: chunked\r\n\r\n`)
  void pour(socket, piece, first)
  await closed
  socket.destroy()
  return /^HTTP\/1\.1 (\d+)/.exec(reply)?.[1]
}

async function pour(socket: Socket, piece: Buffer, first: number): Promise<void> {
  for (let sent = 0; !socket.destroyed; sent += 1) {
    if (sent === first) await new Promise((resolve) => setTimeout(resolve, 1_000))
    if (socket.write(piece)) continue
    const { promise, resolve } = Promise.withResolvers<void>()
    socket.once('drain', resolve).once('close', resolve)
    await promise
    socket.off('drain', resolve).off('close', resolve)
  }
}
