import { join } from 'node:path'
import { publishedPackages, root } from './check/workspace.ts'

/** The budgets that stand in the manifests; what a package depends on is not counted as its own weight. */
export default publishedPackages().flatMap(({ folder, manifest }) =>
  (manifest['size-limit'] ?? []).map(({ path, limit }) => ({
    name: join(manifest.name, path.replace(/^dist\/|(index)?\.js$/g, '')),
    path: join(root, folder, path),
    limit,
    ignore: Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
    modifyEsbuildConfig: (config: object) => ({ ...config, platform: 'node', format: 'esm' }),
  })),
)
