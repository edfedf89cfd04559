import { openSync, read, statSync } from 'node:fs'
import { promisify } from 'node:util'

/**
 * Files of databases by device and inode, which stay open for as long as the process lives. To close one would take away
 * every lock this process has on it, SQLite's own too: another process would find nobody there, and delete the log that
 * is still written to.
 * @see https://sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
 */
const kept = new Map<string, number>()

/**
 * Whether a database's file may hold one of these texts, in any case; `true` where it cannot be read, and for texts that
 * are not ASCII: bytes do not tell their case.
 */
export async function mayHoldText(path: string, texts: readonly string[]): Promise<boolean> {
  if (texts.some((text) => !/^[ -~]*$/.test(text))) return true
  const sought = texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]).map(bytesOf)
  const longest = Math.max(...sought.map((text) => text.length))
  let rest = ''
  try {
    for await (const chunk of chunksOf(keep(path))) {
      const part = rest + chunk.toLowerCase()
      if (sought.some((text) => part.includes(text))) return true
      rest = part.slice(-longest)
    }
    return false
  } catch {
    return true
  }
}

function keep(path: string): number {
  const { dev, ino } = statSync(path, { bigint: true })
  const identity = `${dev}:${ino}`
  const descriptor = kept.get(identity) ?? openSync(path, 'r')
  kept.set(identity, descriptor)
  return descriptor
}

/** A stream would do, but closes what it reads from where somebody stops reading. */
async function* chunksOf(descriptor: number): AsyncGenerator<string> {
  const buffer = Buffer.allocUnsafe(CHUNK)
  for (let at = 0; ; ) {
    const { bytesRead } = await readAt(descriptor, buffer, 0, CHUNK, at)
    if (bytesRead === 0) return
    yield buffer.toString('latin1', 0, bytesRead)
    at += bytesRead
  }
}

const CHUNK = 1 << 20
const readAt = promisify(read)

/** One character for each byte, as the file is read. */
const bytesOf = (text: string): string => Buffer.from(text).toString('latin1').toLowerCase()
