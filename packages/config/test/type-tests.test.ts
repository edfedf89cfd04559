import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { publishedPackages, root } from '../check/workspace.ts'

const plugIns = publishedPackages().filter(({ folder }) =>
  /\/(?:core|providers|bindings|stores)\b/.test(folder),
)

describe.each(plugIns)('$manifest.name', ({ folder }) => {
  test('shows with @ts-expect-error that a wrong option does not compile', () => {
    const tests = globSync(`${folder}/test/**/*.ts`, { cwd: root }).map((file) =>
      readFileSync(join(root, file), 'utf8'),
    )
    expect(tests.some((text) => text.includes('// @ts-expect-error'))).toBe(true)
  })

  test('has its tests compiled by `pnpm check types`', () => {
    const { include } = JSON.parse(readFileSync(join(root, folder, 'tsconfig.json'), 'utf8'))
    expect(include).toContain('test')
  })
})
