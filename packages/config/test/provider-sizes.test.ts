import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../check/workspace.ts'

/** What a provider may take, its signer aside, so that whoever adds one can read another in a quarter of an hour. */
const BOUND = 350

const LARGER: Readonly<Record<string, string>> = {
  ses: 'reads two formats of events, over HTTP and from SQS',
  sns: 'fetches, checks and keeps certificates, and confirms subscriptions',
}

const folders = globSync('packages/providers/*/package.json', { cwd: root }).map((file) => join(file, '..'))

test.each(folders.filter((folder) => !(basename(folder) in LARGER)))('%s has under 350 lines', (folder) => {
  const files = linesOf(folder)
  expect(files.length).toBeGreaterThan(1)
  expect(files.reduce((sum, lines) => sum + lines, 0)).toBeLessThan(BOUND)
})

test.each(Object.entries(LARGER))('%s is still larger, as it %s', (name) => {
  const lines = linesOf(join('packages/providers', name)).reduce((sum, one) => sum + one, 0)
  expect(lines).toBeGreaterThanOrEqual(BOUND)
})

/** The lines of each file. */
function linesOf(folder: string): readonly number[] {
  return globSync(`${folder}/src/**/*.ts`, { cwd: root })
    .filter((file) => !/\/src\/testing/.test(file))
    .map((file) => readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length)
}
