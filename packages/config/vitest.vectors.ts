import { defineConfig } from 'vitest/config'
import { root } from './check/workspace.ts'

/** `pnpm test:vectors`: the suites that read the folder named by BOUNCY_VECTORS, which is not part of the repository. */
export default defineConfig({
  root,
  test: { name: 'vectors', include: ['packages/{core,*/*}/test/**/*.vectors.ts'] },
})
