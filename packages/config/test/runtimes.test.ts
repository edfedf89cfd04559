import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { publishedPackages, root } from '../check/workspace.ts'

/** The packages that fetch runtimes run. */
const portable = publishedPackages().filter(({ folder }) => /\/core$|\/providers\//.test(folder))

test.each(portable)('the README of $manifest.name says what it needs of Node', ({ folder }) => {
  const sources = globSync(`${folder}/src/**/*.ts`, { cwd: root }).filter(
    (file) => !file.includes('/testing'),
  )
  const needed = sources.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    // What `@bouncy/core/provider` brings along.
    const crypto = text.includes(" from '@bouncy/core/provider'") ? ['node:crypto'] : []
    return [...crypto, ...[...text.matchAll(/ from '(node:[^']+)'/g)].map(([, name = '']) => name)]
  })
  expect(needed).toContain('node:crypto')
  const readme = readFileSync(join(root, folder, 'README.md'), 'utf8')
  expect([...new Set(needed)].filter((name) => !readme.includes(`\`${name}\``))).toEqual([])
})
