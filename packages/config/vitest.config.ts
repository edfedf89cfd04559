import { defineConfig } from 'vitest/config'
import { root } from './check/workspace.ts'

/** `pnpm test`: one project a role, so that `--project packages` runs what a change to a package can break. */
export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        // a machine that is busy with other things is slow, not wrong
        test: {
          name: 'packages',
          include: ['packages/{core,*/*}/test/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      { root, test: { name: 'examples', include: ['examples/**/*.test.ts'], testTimeout: 30_000 } },
      {
        root,
        test: { name: 'repository', include: ['packages/config/test/**/*.test.ts'], testTimeout: 60_000 },
      },
    ],
  },
})
