import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { capture } from './shell.ts'
import { type Package, root } from './workspace.ts'

/** A package as it would be published. */
export interface Tarball {
  readonly name: string
  readonly file: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/**
 * Packs built packages with pnpm, which applies `publishConfig` and adds the licence. The tarballs are removed when the
 * process ends.
 *
 * @throws Error what pnpm printed
 */
export async function packAll(packages: readonly Package[]): Promise<Tarball[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bouncy-packed-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const filters = packages.map(({ manifest }) => `--filter=${manifest.name}`)
  const { code, stdout, stderr } = await capture(
    ['pnpm', ...filters, 'pack', '--json', '--pack-destination', folder],
    root,
  )
  if (code !== 0) throw new Error(`pnpm pack failed\n${stdout}${stderr}`)
  const packed = JSON.parse(stdout) as readonly { readonly name: string; readonly filename: string }[]
  return packed.map(({ name, filename }) => {
    const file = join(folder, basename(filename))
    return { name, file, bytes: new Uint8Array(readFileSync(file)) }
  })
}
