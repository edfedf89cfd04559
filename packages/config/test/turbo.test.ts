import { expect, test } from 'vitest'
import { capture } from '../check/shell.ts'
import { root } from '../check/workspace.ts'

interface Task {
  readonly taskId: string
  readonly dependencies: readonly string[]
  readonly inputs: Readonly<Record<string, string>>
  readonly resolvedTaskDefinition: { readonly outputs: readonly string[] }
}

const { stdout } = await capture(['turbo', 'run', 'build', 'types', '--dry=json'], root)
const { tasks, globalCacheInputs } = JSON.parse(stdout) as {
  readonly tasks: readonly Task[]
  readonly globalCacheInputs: { readonly files: Readonly<Record<string, string>> }
}

test('a build is made anew for its sources and settings, not for its tests and texts', () => {
  const files = Object.keys(task('@bouncy/core#build').inputs)
  expect(files).toEqual(
    expect.arrayContaining(['src/index.ts', 'package.json', 'tsconfig.json', 'tsup.config.ts']),
  )
  expect(files.filter((file) => /^(?:test|dist|node_modules)\/|\.md$/.test(file))).toEqual([])
  expect(task('@bouncy/core#build').resolvedTaskDefinition.outputs).toEqual(['dist/**'])
})

test('types are checked anew for sources and tests, not for texts', () => {
  const files = Object.keys(task('@bouncy/ses#types').inputs)
  expect(files).toEqual(expect.arrayContaining(['src/index.ts', 'package.json', 'tsconfig.json']))
  expect(files.some((file) => file.startsWith('test/'))).toBe(true)
  expect(files.filter((file) => /^dist\/|\.md$/.test(file))).toEqual([])
})

test('what a package imports invalidates it', () => {
  for (const name of ['build', 'types']) {
    expect(task(`@bouncy/ses#${name}`).dependencies).toEqual(
      expect.arrayContaining([`@bouncy/core#${name}`, `@bouncy/sns#${name}`]),
    )
  }
  const testkit = Object.keys(task('@bouncy/core#types').inputs).filter((file) =>
    file.includes('testkit/src/'),
  )
  expect(testkit).not.toEqual([])
})

test('the shared configuration invalidates all, the checks do not', () => {
  const files = Object.keys(globalCacheInputs.files)
  expect(files).toEqual(expect.arrayContaining(['packages/config/tsconfig.json', 'packages/config/tsup.ts']))
  const ofConfig = Object.keys(task('@bouncy/config#types').inputs)
  expect([...files, ...ofConfig].filter((file) => /check\//.test(file))).toEqual([])
})

function task(id: string): Task {
  const found = tasks.find(({ taskId }) => taskId === id)
  if (found === undefined) throw new Error(`turbo has no task ${id}`)
  return found
}
