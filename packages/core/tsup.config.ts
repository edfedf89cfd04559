import { readFile } from 'node:fs/promises'
import { build } from '@bouncy/config/tsup'

/** It takes itself for a script of a browser, so that it does not ask for the streams of Node as it is loaded. */
const BEFORE =
  'const PAPA_BROWSER_CONTEXT = true, module = { exports: {} }, exports = module.exports, require = undefined;'

export default build({
  esbuildPlugins: [
    {
      // as the CommonJS module that it is it needs helpers, in a chunk that every entry would import for nothing
      name: 'papaparse-as-module',
      setup({ onLoad }) {
        onLoad({ filter: /papaparse\.js$/ }, async ({ path }) => ({
          contents: `${BEFORE}\n${await readFile(path, 'utf8')}\nexport default module.exports`,
        }))
      },
    },
  ],
})
