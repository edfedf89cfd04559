import { describe, it } from 'vitest'
import { allBindingCases } from './binding/cases.ts'
import type { BindingOptions, StartBinding } from './binding/contract.ts'

export type {
  BindingCapability,
  BindingOptions,
  BindingServer,
  BindingSetup,
  StartBinding,
} from './binding/contract.ts'

/**
 * The definition of a binding, as a vitest suite over real sockets: the exact bytes reach the provider, its decision
 * reaches the sender, limits hold while a body is streaming, and the application's other routes notice nothing.
 *
 * @example
 * testBinding('express', async (bouncy, { prefix, echo }) => {
 *   const app = express()
 *   app.use(prefix, expressWebhooks(bouncy))
 *   app.post(echo, express.json(), (request, response) => void response.json(request.body))
 *   const server = app.listen(0, '127.0.0.1')
 *   await once(server, 'listening')
 *   const { port } = server.address() as AddressInfo
 *   return { origin: `http://127.0.0.1:${port}`, close: () => promisify(server.close).call(server) }
 * })
 */
export function testBinding(name: string, start: StartBinding, options: BindingOptions = {}): void {
  const patience = options.patienceMs ?? 10_000
  describe(`binding ${name}`, () => {
    for (const [group, cases] of Map.groupBy(allBindingCases(start, options), (one) => one.group)) {
      describe(group, () => {
        for (const { name: promise, needs, run } of cases) {
          const reason = needs === undefined ? undefined : options.cannot?.[needs]
          if (reason === undefined) it(promise, { timeout: patience * 2 }, run)
          else it.skip(`${promise} (cannot: ${reason})`, run)
        }
      })
    }
  })
}
