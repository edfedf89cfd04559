import { createReadStream } from 'node:fs'

/** Whether a file may hold one of these texts, in any case; `true` where it cannot be read. */
export async function mayHoldText(path: string, texts: readonly string[]): Promise<boolean> {
  const sought = texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]).map(bytesOf)
  const longest = Math.max(...sought.map((text) => text.length))
  let rest = ''
  try {
    for await (const chunk of createReadStream(path, { encoding: 'latin1', highWaterMark: 1 << 20 })) {
      const part = rest + String(chunk).toLowerCase()
      if (sought.some((text) => part.includes(text))) return true
      rest = part.slice(-longest)
    }
    return false
  } catch {
    return true
  }
}

/** One character for each byte, as the file is read. */
const bytesOf = (text: string): string => Buffer.from(text).toString('latin1').toLowerCase()
