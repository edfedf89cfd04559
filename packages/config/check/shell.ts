import { spawn } from 'node:child_process'
import { delimiter, join, resolve } from 'node:path'
import { root } from './workspace.ts'

/**
 * Runs a command of the repository.
 *
 * @param command words separated by blanks; nothing is expanded
 * @param folder where it runs; relative to the root. @default the root
 * @returns its output if it failed, nothing if it succeeded
 */
export async function shell(command: string, folder = '.'): Promise<readonly string[]> {
  const { code, stdout, stderr } = await capture(command.split(' '), resolve(root, folder))
  return code === 0 ? [] : [`${command} (exit ${code})\n${stdout}${stderr}`]
}

/** What a finished command printed. */
export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command, with the tools of the repository on its path, and collects what it prints. */
export function capture([command = '', ...args]: readonly string[], folder: string): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

function environment(): NodeJS.ProcessEnv {
  const tools = ['node_modules/.bin', 'packages/config/node_modules/.bin'].map((folder) => join(root, folder))
  return {
    ...process.env,
    PATH: [...tools, process.env.PATH].join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
  }
}
