import type { Suppression } from '../suppression.ts'
import { columnOf } from './columns.ts'
import { LONGEST_ROW, mistake, type Row } from './format.ts'

/** Suppressions as lines of JSON. */
export const writeNdjson = (suppressions: readonly Suppression[]): string =>
  suppressions.map((one) => `${JSON.stringify(one)}\n`).join('')

/** Rows of lines of JSON, in portions. @throws TypeError a line that does not end */
export async function* readNdjson(texts: AsyncIterable<string>): AsyncGenerator<readonly Row[]> {
  let rest = ''
  let line = 0
  const rowsOf = (lines: readonly string[]): readonly Row[] =>
    lines.flatMap((text) => {
      line += 1
      return text.trim() === '' ? [] : [readLine(text, line)]
    })

  for await (const text of texts) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    yield rowsOf(lines)
    if (rest.length > LONGEST_ROW)
      throw mistake(`line ${line + 1}`, 'end it; lines have up to a million characters')
  }
  yield rowsOf([rest])
}

function readLine(text: string, line: number): Row {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { line, problem: 'this is no JSON' }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { line, problem: 'this is no object' }
  }
  const { scope, ...members } = value as Record<string, unknown>
  const all = Object.entries({ ...(scope as object | undefined), ...members })
  return { line, values: Object.fromEntries(all.flatMap(([name, one]) => named(columnOf(name), one))) }
}

const named = (column: string | undefined, value: unknown): readonly (readonly [string, unknown])[] =>
  column === undefined || value === null ? [] : [[column, value]]
