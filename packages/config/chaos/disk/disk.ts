import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Random } from '../../fuzz/random.ts'
import { Missing } from '../missing.ts'

/** A disk under one folder that can lose power and fail; see disk.c. */
export interface Disk {
  /** The environment of a process whose files in the folder shall be on this disk. */
  readonly env: Readonly<Record<string, string>>
  /** How many bytes would survive; 0 where the process does not write through this disk. */
  durableBytes(): number
  /**
   * Cuts the power, once the process has been killed: what was not synced is gone, or (every second time) some of its
   * sectors are there and others are not.
   */
  cutPower(random: Random): void
  /** Every write fails with this error from now on; none does without. */
  fail(code?: 'EIO' | 'ENOSPC' | 'EROFS'): void
}

/** The unit that is written wholly or not at all, in bytes. */
const SECTOR = 512

/**
 * Puts the files of a folder on such a disk.
 *
 * @throws Missing there is no C compiler
 */
export function createDisk(folder: string): Disk {
  const durable = `${folder}.durable`
  const fault = `${folder}.fault`
  const library = `${folder}.so`
  compile(library)
  mkdirSync(durable, { recursive: true })
  cpSync(folder, durable, { recursive: true })

  return {
    env: {
      LD_PRELOAD: library,
      CHAOS_FOLDER: folder,
      CHAOS_DURABLE: durable,
      CHAOS_FAULT: fault,
    },
    durableBytes: () =>
      readdirSync(durable).reduce((sum, name) => sum + statSync(join(durable, name)).size, 0),
    cutPower(random) {
      const whole = random.chance(0.5)
      for (const name of new Set([...readdirSync(durable), ...readdirSync(folder)].sort())) {
        const synced = read(join(durable, name))
        const written = read(join(folder, name))
        rmSync(join(folder, name), { force: true })
        if (name.endsWith('-shm')) continue
        const left = whole ? synced : torn(synced ?? Buffer.alloc(0), written ?? Buffer.alloc(0), random)
        if (left === undefined) continue
        for (const place of [folder, durable]) writeFileSync(join(place, name), left)
      }
    },
    fail(code) {
      if (code === undefined) rmSync(fault, { force: true })
      else writeFileSync(fault, String(constants.errno[code]))
    },
  }
}

/** @throws Missing there is no C compiler */
function compile(path: string): void {
  const source = fileURLToPath(new URL('disk.c', import.meta.url))
  const { error, status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', path, source, '-ldl'])
  if (error !== undefined) throw new Missing(`cc, the C compiler, cannot be run: ${error.message}`)
  if (status !== 0) throw new Error(`cc: ${stderr.toString()}`)
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

/** A file of which some of the sectors that were not synced have been written all the same. */
function torn(synced: Buffer, written: Buffer, random: Random): Buffer {
  const left = Buffer.alloc((random.chance(0.5) ? synced : written).length)
  for (let at = 0; at < left.length; at += SECTOR) {
    const from = random.chance(0.5) ? synced : written
    if (at < from.length) from.copy(left, at, at, at + SECTOR)
  }
  return left
}
