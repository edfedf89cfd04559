import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { describe } from 'vitest'

const PATH = process.env.CHROMIUM ?? '/usr/bin/chromium'
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Where there is no Chromium, it says so and the suite is skipped; not in CI, which has it. */
export async function reachBrowser(): Promise<Browser | undefined> {
  if (existsSync(PATH) || process.env.CI === 'true') {
    return chromium.launch({ executablePath: PATH, args: ARGS })
  }
  const line = `there is no Chromium at ${PATH} (CHROMIUM names another place), so nothing is shown in a browser`
  process.stderr.write(`${line}\n`)
  describe.skip(line)
  return undefined
}
