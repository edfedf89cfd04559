import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { root } from '../check/workspace.ts'

/** All sources but what plays a provider or a broken part, whose errors are part of the play. */
const sources = globSync('packages/{core,*/*}/src/**/*.ts', { cwd: root })
  .filter((file) => !/^packages\/tools\/testkit\/|\/src\/testing[./]/.test(file))
  .map((file) =>
    ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true),
  )

test('the message of every WebhookError begins with the package that throws it', () => {
  const thrown = constructions('WebhookError')
  expect(thrown.length).toBeGreaterThan(0)
  expect(thrown.filter(({ arguments: [, message] }) => !begins(message)).map(place)).toEqual([])
})

test('the message of every TypeError begins with the package, and names the key', () => {
  const thrown = constructions('TypeError')
  expect(thrown.length).toBeGreaterThan(0)
  expect(thrown.filter(({ arguments: [message] }) => !begins(message)).map(place)).toEqual([])
})

test('every WebhookErrorCode has its section in errors.md of core', async () => {
  const { webhookErrorStatus }: { webhookErrorStatus: object } = await import(
    join(root, 'packages/core/src/index.ts')
  )
  const sections = readFileSync(join(root, 'packages/core/errors.md'), 'utf8').matchAll(
    /^## `?([a-z-]+)`?$/gm,
  )
  expect([...sections].map(([, code]) => code).sort()).toEqual(Object.keys(webhookErrorStatus).sort())
})

interface Construction {
  readonly node: ts.NewExpression
  readonly arguments: readonly ts.Expression[]
}

function constructions(name: string): Construction[] {
  const found: Construction[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText() === name) {
      found.push({ node, arguments: node.arguments ?? [] })
    }
    ts.forEachChild(node, visit)
  }
  for (const source of sources) visit(source)
  return found
}

/** Whether a message begins with `[bouncy/`, or with `[${…}` where the owner is handed in. */
function begins(message: ts.Expression | undefined): boolean {
  if (message === undefined) return false
  if (ts.isStringLiteralLike(message)) return message.text.startsWith('[bouncy/')
  if (ts.isTemplateExpression(message)) return /^\[(?:$|bouncy\/)/.test(message.head.text)
  return ts.isBinaryExpression(message) && begins(message.left)
}

function place({ node }: Construction): string {
  const source = node.getSourceFile()
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`
}
