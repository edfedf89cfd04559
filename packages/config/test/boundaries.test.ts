import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { boundaries } from '../check/boundaries.ts'
import { rules } from '../check/boundary-rules.ts'

/** A small workspace of the same layout, full of imports that must be refused, each naming the rule that refuses it. */
const refused: Readonly<Record<string, readonly [rule: string, source: string]>> = {
  'packages/core/src/a.ts': ['core-alone', "import '@bouncy/node'"],
  'packages/core/src/b.ts': ['no-cycles', "import { c } from './c.ts'\nexport const b = () => c"],
  'packages/core/src/f.ts': ['transfer-apart', "import './transfer/csv.ts'"],
  'packages/core/src/transfer/import.ts': ['csv-in-transfer', "import 'papaparse'"],
  'packages/core/src/index.ts': ['core-starts-light', "import './hash.ts'\nexport const core = 1"],
  'packages/providers/postmark/src/a.ts': ['plug-ins-know-core', "import '@bouncy/sql'"],
  'packages/providers/postmark/src/b.ts': ['sns-for-ses', "import '@bouncy/sns'"],
  'packages/providers/postmark/src/c.ts': ['by-package-name', "import '../../../core/src/hash.ts'"],
  'packages/providers/postmark/src/d.ts': ['frameworks-in-bindings', "import 'express'"],
  'packages/providers/postmark/src/e.ts': ['bundled-by-intent', "import 'left-pad'"],
  'packages/providers/postmark/src/f.ts': ['zod-mini', "import { z } from 'zod'"],
  'packages/providers/postmark/src/g.ts': ['resolvable', "import 'nowhere'"],
  'packages/tools/cli/src/b.ts': ['config-for-builds', "import '@bouncy/config/tsup'"],
  'packages/providers/ses/src/a.ts': ['signers-apart', "import './testing.ts'"],
  'packages/stores/sql/src/a.ts': ['plug-ins-know-core', "import '@bouncy/ses'"],
  'packages/bindings/node/src/a.ts': ['bindings-know-node', "import '@bouncy/express'"],
  'packages/bindings/express/src/a.ts': [
    'frameworks-know-types',
    "import { core } from '@bouncy/core'\ncore",
  ],
  'packages/bindings/express/src/b.ts': [
    'one-framework-each',
    "import type { K } from 'koa'\nexport type A = K",
  ],
  'packages/tools/cli/src/a.ts': ['tools-apart', "import '@bouncy/otel'"],
  'packages/tools/cli/src/c.ts': ['examples-last', "import 'shop'"],
  'examples/shop/src/a.ts': ['testkit-in-tests', "import '@bouncy/testkit'"],
}

const allowed: Readonly<Record<string, string>> = {
  'packages/core/src/hash.ts': "import 'node:crypto'",
  'packages/core/src/c.ts': "import { b } from './b.ts'\nexport const c = () => b",
  'packages/core/src/d.ts': "import type { E } from './e.ts'\nexport interface D { e: E }",
  'packages/core/src/e.ts': "import type { D } from './d.ts'\nexport interface E { d: D }",
  'packages/core/src/transfer/csv.ts': "import 'papaparse'",
  'packages/core/src/transfer.ts': "import './transfer/csv.ts'",
  'packages/core/test/a.test.ts': "import '@bouncy/core'\nimport '@bouncy/testkit'\nimport 'left-pad'",
  'packages/providers/sns/src/index.ts': "import '@bouncy/core'\nimport 'node:crypto'",
  'packages/providers/postmark/src/index.ts':
    "import '@bouncy/core'\nimport * as z from 'zod/mini'\nexport { z }",
  'packages/providers/postmark/tsup.config.ts': "import '@bouncy/config/tsup'",
  'packages/providers/ses/src/index.ts': "import '@bouncy/core'\nimport '@bouncy/sns'",
  'packages/providers/ses/src/testing.ts': "import './testing-topic.ts'\nimport '@bouncy/sns'",
  'packages/providers/ses/src/testing-topic.ts': 'export const topic = 1',
  'packages/stores/sql/src/index.ts': "import '@bouncy/core'",
  'packages/bindings/node/src/index.ts': "import '@bouncy/core'",
  'packages/bindings/express/src/index.ts':
    "import type { core } from '@bouncy/core'\nimport '@bouncy/node'\nimport 'express'\nexport type A = typeof core",
  'packages/tools/testkit/src/index.ts': "import '@bouncy/core'",
  'packages/tools/otel/src/index.ts': "import '@bouncy/core'",
  'packages/tools/cli/src/index.ts': "import '@bouncy/core'\nimport '@bouncy/ses'\nimport '@bouncy/sql'",
  'packages/config/tsup.ts': 'export const build = 1',
  'examples/shop/store.test.ts': "import '@bouncy/testkit'",
  'examples/shop/src/index.ts': "import '@bouncy/core'\nimport '@bouncy/express'\nimport 'express'",
}

let root: string
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'bouncy-boundaries-')))
  for (const [file, source] of Object.entries(allowed)) write(file, source)
  for (const [file, [, source]] of Object.entries(refused)) write(file, source)
  for (const file of Object.keys(allowed).filter((file) => file.endsWith('/src/index.ts'))) addPackage(file)
  addPackage('packages/core/src/index.ts')
  write('packages/config/package.json', '{"name":"@bouncy/config","exports":{"./tsup":"./tsup.ts"}}')
  link('packages/config', '@bouncy/config')
  for (const name of ['express', 'koa', 'left-pad', 'papaparse']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, exports: './index.js' }))
    write(`node_modules/${name}/index.js`, '')
  }
  write('node_modules/zod/package.json', '{"exports":{".":"./index.js","./mini":"./mini/index.js"}}')
  write('node_modules/zod/index.js', '')
  write('node_modules/zod/mini/index.js', '')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('each forbidden import is refused by its rule, and nothing else is', async () => {
  const found = (await boundaries(root)).map((line) =>
    /^(\S+) → \S+ {2}\(([^:]+):/.exec(line)?.slice(1).join(' '),
  )
  const expected = Object.entries(refused).map(([file, [rule]]) => `${file} ${rule}`)
  expect([...new Set(found)].sort()).toEqual(expected.sort())
})

test('every rule is tried here', () => {
  expect(new Set(Object.values(refused).map(([rule]) => rule))).toEqual(
    new Set(rules.map(({ name }) => name)),
  )
})

function addPackage(index: string): void {
  const folder = dirname(dirname(index))
  const name = folder.startsWith('examples/') ? 'shop' : `@bouncy/${folder.split('/').at(-1)}`
  write(
    `${folder}/package.json`,
    JSON.stringify({
      name,
      exports: { '.': './src/index.ts' },
      dependencies: { koa: '*' },
      devDependencies: { 'left-pad': '*', papaparse: '*', zod: '*', express: '*' },
      peerDependencies: { express: '*' },
    }),
  )
  link(folder, name)
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

function link(folder: string, name: string): void {
  mkdirSync(dirname(join(root, 'node_modules', name)), { recursive: true })
  symlinkSync(join(root, folder), join(root, 'node_modules', name), 'dir')
}
