import { globSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { capture } from '../check/shell.ts'
import { root } from '../check/workspace.ts'
import { type CodeBlock, codeBlocks, typeErrors, writeBlocks } from './readme-code.ts'

const texts = globSync(['*.md', 'packages/*/*.md', 'packages/*/*/*.md', 'examples/*/*.md'], {
  cwd: root,
}).sort()
const blocks = texts.flatMap((file) => codeBlocks(file, readFileSync(join(root, file), 'utf8')))
const written = writeBlocks(blocks)
const folders = [written.folder]
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

test('every ts block of every README type-checks as written', () => {
  expect(blocks.length).toBeGreaterThan(0)
  expect(typeErrors(blocks, written.folder, written.files)).toEqual([])
})

test.for(blocks.map((block, index) => [block, index] as const).filter(([{ runnable }]) => runnable))(
  'the block at $0.file:$0.line runs',
  async ([, index]) => {
    expect(await run(written.files[index])).toMatchObject({ code: 0 })
  },
)

test('a block that is wrong is found, on its line', async () => {
  const text = [
    '# A text',
    '```sh',
    'npm install',
    '```',
    '```ts',
    "import { createBouncy } from '@bouncy/core'",
    'createBouncy({ stores: 1 })',
    '```',
    '```ts runnable',
    "import { addressKey } from '@bouncy/core'",
    "if (addressKey('Kim@EXAMPLE.com') !== 'kim@example.com') throw new Error('not the key')",
    '```',
    '```ts runnable',
    'process.exit(7)',
    '```',
  ].join('\n')
  const wrong: CodeBlock[] = codeBlocks('packages/toy/README.md', text)
  const { folder, files } = writeBlocks(wrong)
  folders.push(folder)
  expect(typeErrors(wrong, folder, files)).toEqual([
    expect.stringMatching(/^packages\/toy\/README\.md:7: .*'stores'/),
  ])
  expect(await run(files[1])).toMatchObject({ code: 0 })
  expect(await run(files[2])).toMatchObject({ code: 7 })
})

function run(file = '') {
  return capture([process.execPath, file], written.folder)
}
