import { existsSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { type Package, root, workspacePackages } from '../check/workspace.ts'

/** A fenced piece of TypeScript in a text. */
export interface CodeBlock {
  /** The text it stands in, relative to the root. */
  readonly file: string
  /** The line of its first line of code, from 1. */
  readonly line: number
  readonly code: string
  /** Whether it is fenced as `ts runnable`. */
  readonly runnable: boolean
}

/** What READMEs may use without saying where it comes from. */
const CONTEXT = `
declare global {
  const app: import('express').Express
  const bouncy: import('@bouncy/core').Bouncy
  const recipients: readonly string[]
}
export {}
`

/** The `ts` blocks of a Markdown text. */
export function codeBlocks(file: string, text: string): CodeBlock[] {
  return [...text.matchAll(/^```ts\b(.*)\n([\s\S]*?)^```$/gm)].map(
    ({ index, 1: info = '', 2: code = '' }) => ({
      file,
      line: text.slice(0, index).split('\n').length + 1,
      code,
      runnable: info.trim() === 'runnable',
    }),
  )
}

/**
 * Writes blocks into a folder in which every package of the workspace is installed, each on the line on which it
 * stands in its text, so that errors point there.
 *
 * @returns the folder and the file of each block, in order
 */
export function writeBlocks(blocks: readonly CodeBlock[]): { folder: string; files: string[] } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bouncy-readme-')))
  for (const each of workspacePackages()) install(each, join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'context.d.ts'), CONTEXT)
  const files = blocks.map(({ file, line, code }) => {
    const target = join(folder, `${file.replaceAll('/', '-')}-${line}.ts`)
    writeFileSync(target, `${'\n'.repeat(line - 1)}${code}\nexport {}\n`)
    return target
  })
  return { folder, files }
}

/** Type-checks written blocks with the configuration of the workspace. */
export function typeErrors(blocks: readonly CodeBlock[], folder: string, files: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(root, 'packages/config/tsconfig.json'), ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, folder)
  const program = ts.createProgram([...files, join(folder, 'context.d.ts')], {
    ...options,
    declaration: false,
    isolatedDeclarations: false,
    typeRoots: [join(root, 'node_modules/@types')],
  })
  return files.flatMap((name, index) => {
    const source = program.getSourceFile(name)
    return ts.getPreEmitDiagnostics(program, source).map(({ start = 0, messageText }) => {
      const line = (source?.getLineAndCharacterOfPosition(start).line ?? 0) + 1
      return `${blocks[index]?.file}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    })
  })
}

function install({ folder, manifest }: Package, modules: string): void {
  const { name, dependencies, devDependencies, peerDependencies } = manifest
  link(join(root, folder), join(modules, name))
  for (const other of Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies })) {
    if (!other.startsWith('@bouncy/')) link(join(root, folder, 'node_modules', other), join(modules, other))
  }
}

function link(target: string, at: string): void {
  if (existsSync(at) || !existsSync(target)) return
  mkdirSync(dirname(at), { recursive: true })
  symlinkSync(target, at, 'dir')
}
