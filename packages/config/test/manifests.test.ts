import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isEsmOnly, type Manifest, publishedPackages, root, workspacePackages } from '../check/workspace.ts'

const published = publishedPackages()
const rootManifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest

describe.each(published)('$manifest.name', ({ folder, manifest }) => {
  test('is named after its folder', () => {
    expect(manifest.name).toBe(`@bouncy/${folder.split('/').at(-1)}`)
  })

  test('says what it is, for whom and under which licence', () => {
    expect(manifest).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      description: expect.stringMatching(/^[A-Z].+\.$/),
      license: 'MIT',
      type: 'module',
      sideEffects: false,
      engines: rootManifest.engines,
      keywords: expect.arrayContaining(['email', 'bounce']),
      scripts: { build: 'tsup', types: 'tsc' },
    })
  })

  test('is reached through exports only, and names no address that does not exist', () => {
    for (const field of ['main', 'module', 'types', 'typings', 'browser', 'repository', 'homepage', 'bugs']) {
      expect(manifest).not.toHaveProperty(field)
    }
    expect(manifest.files).toContain('dist')
  })

  test('publishes each source export as ES module, CommonJS and types', () => {
    const built = Object.entries(manifest.exports ?? {}).map(([key, source]) => {
      const conditions = distOf(source)
      return [key, isEsmOnly({ folder, manifest }) ? conditions.import : conditions] as const
    })
    expect(manifest.publishConfig).toEqual({ access: 'public', exports: Object.fromEntries(built) })
  })

  test('has a size budget for each export', () => {
    const entries = Object.values(manifest.exports ?? {}).map((source) =>
      distOf(source).import.default.slice(2),
    )
    const measured = entries.filter((path) => path !== 'dist/testing.js')
    expect(manifest['size-limit']?.map(({ path }) => path).sort()).toEqual(measured.sort())
  })

  test('has a README of at most 80 lines, and tests', () => {
    expect(lines(join(folder, 'README.md'))).toBeLessThanOrEqual(80)
    expect(globSync(`${folder}/test/**/*.test.ts`, { cwd: root })).not.toEqual([])
  })
})

test('core and the providers install nothing that is not ours', () => {
  for (const { folder, manifest } of published.filter(({ folder }) => /\/core$|\/providers\//.test(folder))) {
    const { dependencies, peerDependencies, peerDependenciesMeta } = manifest
    const foreign = Object.keys({ ...dependencies, ...peerDependencies }).filter(
      (name) => !name.startsWith('@bouncy/') && peerDependenciesMeta?.[name]?.optional !== true,
    )
    expect(foreign, folder).toEqual([])
  }
})

test.each(published.filter(({ folder }) => folder.startsWith('packages/bindings/')))(
  'the lowest framework that $manifest.name claims to work with passes the suite of bindings',
  ({ folder, manifest }) => {
    const suites = globSync(`${folder}/test/**/*.ts`, { cwd: root })
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .filter((text) => text.includes('testBinding('))
    expect(suites).not.toEqual([])
    for (const [peer, range] of Object.entries(manifest.peerDependencies ?? {})) {
      const floor = /\d+\.\d+\.\d+/.exec(range)?.[0]
      const [alias] =
        Object.entries(manifest.devDependencies ?? {}).find(([, at]) => at === `npm:${peer}@${floor}`) ?? []
      expect(alias, `${peer} ${floor} is installed`).toBeDefined()
      expect(
        suites.some((text) => text.includes(` from '${alias}'`)),
        `${alias} is tried`,
      ).toBe(true)
    }
  },
)

test('versions stand in the catalog once', () => {
  const loose = [rootManifest, ...workspacePackages().map(({ manifest }) => manifest)].flatMap((manifest) =>
    Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
      .filter(([name, range]) => !/^(?:catalog:$|workspace:[\^*]$|npm:)/.test(range) && name !== 'node')
      .map(([name, range]) => `${manifest.name}: ${name} ${range}`),
  )
  expect(loose).toEqual([])
})

test('the root README has at most 150 lines', () => {
  expect(lines('README.md')).toBeLessThanOrEqual(150)
})

function distOf(source: string) {
  const base = source.replace(/^\.\/src\/(.+)\.ts$/, './dist/$1')
  return {
    import: { types: `${base}.d.ts`, default: `${base}.js` },
    require: { types: `${base}.d.cts`, default: `${base}.cjs` },
  }
}

function lines(file: string): number {
  return readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length
}
