import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import type { Tarball } from './pack.ts'

/** What publint finds in packed packages, suggestions included. */
export async function publintAll(tarballs: readonly Tarball[]): Promise<string[]> {
  const problems: string[] = []
  for (const { name, bytes } of tarballs) {
    const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true })
    problems.push(...messages.map((message) => `${name}: ${formatMessage(message, pkg, { color: false })}`))
  }
  return problems
}
