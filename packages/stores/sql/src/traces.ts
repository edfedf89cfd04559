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
  const spelt = texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)])
  const searches = [...new Set(spelt)].map((text) => lookFor(text.toLowerCase()))
  const overlap = POINTER + Math.max(...spelt.map((text) => text.length))
  let rest = ''
  let start = 0
  try {
    for await (const chunk of chunksOf(keep(path))) {
      const part = rest + chunk.toLowerCase()
      if (searches.map((look) => look(part, start)).includes(true)) return true
      rest = part.slice(-overlap)
      start += part.length - rest.length
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

/** The smallest page. Where pages are larger, some places are taken for a beginning that are none, which does no harm. */
const PAGE = 512
/** Bytes in front of the text in a page in which a long row goes on. */
const POINTER = 4

/**
 * Looks through one part of a file after the other for a text, in one piece or across two pages, which may stand
 * anywhere in the file: its end follows the pointer of a page then, and its beginning may be in any place.
 * @see https://sqlite.org/fileformat2.html#cell_payload_overflow_pages
 */
function lookFor(text: string): (part: string, start: number) => boolean {
  const ends = Array.from({ length: text.length - 1 }, (_, index) => text.slice(index + 1))
  let beginning = 0
  let end = 0
  return (part, start) => {
    while (beginning < text.length && part.includes(text.slice(0, beginning + 1))) beginning += 1
    for (let at = Math.ceil(start / PAGE) * PAGE - start + POINTER; at < part.length; at += PAGE) {
      end = Math.max(end, ends.find((one) => part.startsWith(one, at))?.length ?? 0)
    }
    return beginning + end >= text.length
  }
}
