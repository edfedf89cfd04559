import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { publishedPackages, root } from '../check/workspace.ts'

const entries = publishedPackages().flatMap(({ folder, manifest }) =>
  Object.values(manifest.exports ?? {}).map((source) => join(root, folder, source)),
)
const program = ts.createProgram(entries, {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  allowImportingTsExtensions: true,
  noEmit: true,
  noLib: true,
  types: [],
})
const checker = program.getTypeChecker()

test('every export has a doc comment, and none is a default export', () => {
  const silent = entries.flatMap((entry) => {
    const source = program.getSourceFile(entry)
    const module = source && checker.getSymbolAtLocation(source)
    if (module === undefined) return [`${entry}: no module`]
    return checker
      .getExportsOfModule(module)
      .filter((exported) => exported.name === 'default' || !isDocumented(exported))
      .map((exported) => `${entry.slice(root.length)}: ${exported.name}`)
  })
  expect(silent).toEqual([])
})

function isDocumented(exported: ts.Symbol): boolean {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
  return symbol.getDocumentationComment(checker).some(({ text }) => text.trim() !== '')
}
