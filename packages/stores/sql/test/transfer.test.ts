import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { freshPaths } from './places.ts'

const freshPath = freshPaths()
const MOVER = new URL('mover.ts', import.meta.url).pathname
const ROWS = 100_000

describe('a list that is larger than the memory', { timeout: 60_000 }, () => {
  it.each(['csv', 'ndjson'])('goes in and out as %s', async (format) => {
    // the heap holds some 30 MB of code and of what is on its way; as objects the rows alone would fill it several times
    const args = ['--max-old-space-size=48', MOVER, freshPath(), format, String(ROWS)]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    expect(JSON.parse(stdout)).toMatchObject({ imported: ROWS, refused: 0, exported: ROWS })
  })
})
