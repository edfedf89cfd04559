import { defineConfig } from 'vitest/config'

const root = new URL('../../', import.meta.url).pathname

/** `pnpm test:vectors`: the suites that read the folder named by BOUNCY_VECTORS, which is not part of the repository. */
export default defineConfig({
  root,
  test: { name: 'vectors', include: ['packages/**/*.vectors.ts'] },
})
