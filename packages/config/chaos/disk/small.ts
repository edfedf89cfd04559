import { spawnSync } from 'node:child_process'
import { closeSync, openSync, writeSync } from 'node:fs'

/** How a small file system is made. */
export interface SmallOptions {
  /** How large it is, in MiB. */
  readonly size: number
  /** Whose it is alone. @default everybody may write to it */
  readonly uid?: number
}

/** Mounts a small file system over a folder. @returns why that cannot be */
export function mountSmall(folder: string, { size, uid }: SmallOptions): string | undefined {
  const owner = uid === undefined ? '' : `,uid=${uid},mode=0700`
  const { status, stderr, error } = spawnSync('mount', [
    '-t',
    'tmpfs',
    '-o',
    `size=${size}m${owner}`,
    'tmpfs',
    folder,
  ])
  if (status === 0) return undefined
  const [reason] = (error?.message ?? stderr.toString()).trim().split('\n')
  return `a small file system cannot be mounted: ${reason}`
}

/** Takes it away, also where somebody still holds a deleted file open. */
export const unmount = (folder: string): void => void spawnSync('umount', ['-l', folder])

/** Writes a file that leaves no room on its file system. */
export function fill(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (const block of [65_536, 4_096]) writeUntilFull(file, Buffer.alloc(block))
  } finally {
    closeSync(file)
  }
}

function writeUntilFull(file: number, block: Buffer): void {
  try {
    while (writeSync(file, block) > 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}
