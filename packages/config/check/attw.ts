import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { problemAffectsResolutionKind, problemKindInfo } from '@arethetypeswrong/core/problems'
import type { Tarball } from './pack.ts'
import { isEsmOnly, publishedPackages } from './workspace.ts'

/** Every way in which supported versions of Node and TypeScript resolve a package; `node10` knows no `exports`. */
const RESOLUTIONS = ['node16-cjs', 'node16-esm', 'bundler'] as const

/** Whether the types of packed packages say what the code is ("are the types wrong?"). */
export async function attw(tarballs: readonly Tarball[]): Promise<string[]> {
  const problems: string[] = []
  const esmOnly = publishedPackages().filter(isEsmOnly)
  for (const { name, bytes } of tarballs) {
    const result = await checkPackage(createPackageFromTarballData(bytes))
    if (!result.types) {
      problems.push(`${name}: no types in the package`)
      continue
    }
    for (const problem of result.problems) {
      if (!RESOLUTIONS.some((kind) => problemAffectsResolutionKind(problem, kind, result))) continue
      if (problem.kind === 'CJSResolvesToESM' && esmOnly.some(({ manifest }) => manifest.name === name))
        continue
      problems.push(`${name}: ${problemKindInfo[problem.kind].shortDescription} ${JSON.stringify(problem)}`)
    }
  }
  return problems
}
