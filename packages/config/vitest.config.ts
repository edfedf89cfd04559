import { defineConfig } from 'vitest/config'

const root = new URL('../../', import.meta.url).pathname

/** `pnpm test`: one project a role, so that `--project packages` runs what a change to a package can break. */
export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        test: { name: 'packages', include: ['packages/{core,providers,bindings,stores,tools}/**/*.test.ts'] },
      },
      { root, test: { name: 'examples', include: ['examples/**/*.test.ts'], testTimeout: 30_000 } },
      {
        root,
        test: { name: 'repository', include: ['packages/config/test/**/*.test.ts'], testTimeout: 30_000 },
      },
    ],
  },
})
