import { describe, it } from 'vitest'

/** One promise of a kit, as a named check. A kit is a list of them, so that broken parts can be shown to break it. */
export interface KitCase {
  /** What it belongs to; a heading in the report. */
  readonly group: string
  readonly name: string
  run(): void | Promise<void>
}

/** Registers a kit's cases with vitest, a `describe` for each group. */
export function register(title: string, cases: readonly KitCase[]): void {
  describe(title, () => {
    for (const [group, members] of Map.groupBy(cases, (one) => one.group)) {
      describe(group, () => {
        for (const { name, run } of members) it(name, run)
      })
    }
  })
}

/** The names of the cases that fail, in order: what a broken part is caught by. */
export async function failures(cases: readonly KitCase[]): Promise<readonly string[]> {
  const failed: string[] = []
  for (const { group, name, run } of cases) {
    try {
      await run()
    } catch {
      failed.push(`${group}: ${name}`)
    }
  }
  return failed
}
