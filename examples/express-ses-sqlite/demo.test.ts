import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [new URL('demo.ts', import.meta.url).pathname, ...args], {
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  })

describe('the demo', () => {
  it('shows every outcome as expected, in 80 columns without colour', async () => {
    const demo = start()
    let shown = ''
    demo.stdout?.on('data', (text) => {
      shown += text
    })
    const [code] = await once(demo, 'close')
    expect(shown).toContain('Every outcome is the expected one')
    expect(code).toBe(0)
    expect(shown).not.toContain('\u001b')
    expect(shown).not.toContain('✗')
    expect(Math.max(...shown.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(shown.match(/^✓ /gm)).toHaveLength(21)
    expect(lasting(shown)).toBe(lasting(readmeBlock()))
    expect(shown).toMatch(/the same bounce twenty times +20×200 +hard bounce, margaret/)
  })

  it('stays with --serve, and the curl line that it prints is answered 200', async () => {
    const demo = start('--serve')
    let shown = ''
    for await (const text of demo.stdout ?? []) {
      shown += text
      if (shown.includes('curl') && shown.endsWith("'\n")) break
    }
    const curl = /curl [\s\S]*'\n$/.exec(shown)?.[0] ?? ''
    expect(Math.max(...shown.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
    const answer = spawn('bash', ['-c', curl])
    let reply = ''
    answer.stdout.on('data', (text) => {
      reply += text
    })
    await once(answer, 'close')
    expect(reply).toMatch(/^HTTP\/1\.1 200/)
    const url = /suppressions +(\S+)/.exec(shown)?.[1] ?? ''
    expect(JSON.stringify(await (await fetch(url)).json())).toContain('you@example.com')
    demo.kill('SIGTERM')
    expect(await once(demo, 'close')).toEqual([0, null])
  })
})

/** What the README says the demo prints. */
function readmeBlock(): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  return /```text\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
}

/** Without what differs from run to run: port, date and duration. */
function lasting(text: string): string {
  return text
    .replace(/:\d{4,5} /g, ':PORT ')
    .replace(/since \S+/g, 'since DATE')
    .replace(/\([\d.]+ s\)/g, '(TIME)')
    .trim()
}
