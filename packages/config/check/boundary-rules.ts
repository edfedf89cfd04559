import { builtinModules } from 'node:module'
import type { IForbiddenRuleType } from 'dependency-cruiser'
import { BUNDLED } from '../bundled.ts'

const SRC = '^packages/(?:core|[^/]+/[^/]+)/src/'
const OWN_TESTS = '/test/'

/** The layout as rules: an import that one of them matches is refused. Paths are relative to the repository. */
export const rules: IForbiddenRuleType[] = [
  {
    name: 'core-alone',
    comment: 'core imports nothing of ours',
    from: { path: '^packages/core/src/' },
    to: { path: '^packages/(?!core/)' },
  },
  {
    name: 'plug-ins-know-core',
    comment: 'providers, stores, senders and dispatchers import core only; ses also sns',
    from: { path: '^packages/((?:providers|stores|senders|dispatchers)/[^/]+)/src/' },
    to: { path: '^packages/(?!core/|$1/)', pathNot: '^packages/providers/sns/' },
  },
  {
    name: 'sns-for-ses',
    comment: 'only ses imports sns',
    from: { path: SRC, pathNot: '^packages/(?:providers/s[en]s|tools/[^/]+)/' },
    to: { path: '^packages/providers/sns/' },
  },
  {
    name: 'bindings-know-node',
    comment: 'bindings import core, and node, which reads the body',
    from: { path: '^packages/(bindings/[^/]+)/src/' },
    to: { path: '^packages/(?!core/|bindings/node/|$1/)' },
  },
  {
    name: 'frameworks-know-types',
    comment: 'express, koa and fastify take only types from core',
    from: { path: '^packages/bindings/(?:express|koa|fastify)/src/' },
    to: { path: '^packages/core/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'tools-apart',
    comment: 'tools do not import each other',
    from: { path: '^packages/(tools/[^/]+)/src/' },
    to: { path: '^packages/tools/(?!$1/)', pathNot: '^packages/$1/' },
  },
  {
    name: 'testkit-in-tests',
    comment: 'testkit is imported by tests only',
    from: {
      path: '^(?:packages|examples)/',
      pathNot: [OWN_TESTS, '\\.test\\.ts$', '^packages/tools/testkit/'],
    },
    to: { path: '^packages/tools/testkit/' },
  },
  {
    name: 'signers-apart',
    comment: 'what makes signed test posts is not part of what verifies them',
    from: { path: '/src/', pathNot: ['^packages/tools/', '/src/testing[./-]'] },
    to: { path: '/src/testing[./-]' },
  },
  {
    name: 'by-package-name',
    comment: 'another package is imported by its name, through its exports',
    from: { path: '^(packages/core|packages/config|packages/[^/]+/[^/]+|examples/[^/]+)/' },
    to: { path: '^(?:packages|examples)/', pathNot: '^$1/', dependencyTypes: ['local'] },
  },
  {
    name: 'config-for-builds',
    comment: 'the shared configuration is for *.config.ts files and tests',
    from: {
      path: '^(?:packages|examples)/',
      pathNot: ['^packages/config/', '/[^/]+\\.config\\.ts$', OWN_TESTS],
    },
    to: { path: '^packages/config/' },
  },
  {
    name: 'examples-last',
    comment: 'nothing imports an example',
    from: { path: '^packages/' },
    to: { path: '^examples/' },
  },
  {
    name: 'frameworks-in-bindings',
    comment: 'a web framework is imported by its own binding only',
    from: { path: SRC, pathNot: '^packages/bindings/' },
    to: { path: 'node_modules/(?:@types/)?(?:express|koa|fastify|hono)/' },
  },
  {
    name: 'one-framework-each',
    comment: 'a web framework is imported by its own binding only',
    from: { path: '^packages/bindings/([^/]+)/src/' },
    to: {
      path: 'node_modules/(?:@types/)?(?:express|koa|fastify|hono)/',
      pathNot: 'node_modules/(?:@types/)?$1/',
    },
  },
  {
    name: 'bundled-by-intent',
    comment: 'a devDependency that src imports is bundled; only those of bundled.ts are meant to be',
    from: { path: SRC },
    to: {
      dependencyTypes: ['npm-dev'],
      dependencyTypesNot: ['npm-peer'],
      pathNot: `node_modules/(?:@types/)?(?:${BUNDLED.join('|')})/`,
    },
  },
  {
    name: 'csv-in-transfer',
    comment: 'papaparse is large: it is bundled into @bouncy/core/transfer, and into nothing else',
    from: { path: SRC, pathNot: '^packages/core/src/transfer/csv\\.ts$' },
    to: { path: 'node_modules/(?:@types/)?papaparse/' },
  },
  {
    name: 'transfer-apart',
    comment: 'who does not move lists does not load what reads files',
    from: { path: '^packages/core/src/', pathNot: '^packages/core/src/transfer[./]' },
    to: { path: '^packages/core/src/transfer[./]' },
  },
  {
    name: 'zod-mini',
    comment: 'zod/mini is what tree-shakes',
    from: { path: SRC },
    to: { path: 'node_modules/zod/', pathNot: 'node_modules/zod/(?:v4/)?mini/' },
  },
  {
    name: 'core-starts-light',
    comment: 'core runs without anything of Node; only its entry for authors of providers needs node:crypto',
    from: { path: '^packages/core/src/(?:index|binding|store)\\.ts$' },
    to: { path: `^(?:${builtinModules.join('|')})$`, reachable: true },
  },
  {
    name: 'no-cycles',
    comment: 'data flows forward',
    from: { path: '^packages/' },
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'resolvable',
    comment: 'declare it in package.json, or export it there',
    from: { path: '^(?:packages|examples)/' },
    to: { couldNotResolve: true },
  },
]
