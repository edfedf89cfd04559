import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { rules } from './boundary-rules.ts'

/**
 * Who may import whom, over the sources and tests of a workspace.
 *
 * @param root the folder that holds `packages` and `examples`
 * @returns each import that breaks a rule, with the rule's reason
 */
export async function boundaries(root: string): Promise<string[]> {
  const { output } = await cruise(
    ['packages', 'examples'],
    {
      baseDir: root,
      ruleSet: { forbidden: rules },
      validate: true,
      exclude: { path: '(^|/)dist/|^packages/config/check/(?:consumer|smoke)/' },
      doNotFollow: { path: 'node_modules' },
      tsPreCompilationDeps: 'specify',
    },
    {
      extensions: ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  )
  const { summary } = output as ICruiseResult
  return summary.violations.map(
    ({ rule, from, to }) => `${from} → ${to}  (${rule.name}: ${reason(rule.name)})`,
  )
}

function reason(name: string): string {
  return rules.find((rule) => rule.name === name)?.comment ?? ''
}
