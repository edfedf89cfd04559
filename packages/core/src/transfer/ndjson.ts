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
  if (!isObject(value)) return { line, problem: 'this is no object' }
  const { scope, ...members } = value
  const narrower = scopeOf(scope)
  if (narrower === undefined) return { line, problem: 'scope: give { stream, tenant }' }
  return { line, values: { ...narrower, ...valuesOf(members) } }
}

/** What the scope says, if all of it is understood: without what is not, it would hold for more mail than is meant. */
function scopeOf(scope: unknown): Readonly<Record<string, unknown>> | undefined {
  if (scope === undefined || scope === null) return {}
  if (!isObject(scope)) return undefined
  const understood = Object.keys(scope).every((name) => ['stream', 'tenant'].includes(columnOf(name) ?? ''))
  return understood ? valuesOf(scope) : undefined
}

const valuesOf = (members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(members).flatMap(([name, value]) => named(columnOf(name), value)))

const named = (column: string | undefined, value: unknown): readonly (readonly [string, unknown])[] =>
  column === undefined || value === null ? [] : [[column, value]]

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
