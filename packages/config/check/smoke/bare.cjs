// The main entry of core in a context that has what every fetch runtime has, and nothing of Node.
const assert = require('node:assert/strict')
const { readFileSync } = require('node:fs')
const { createRequire } = require('node:module')
const { dirname, join } = require('node:path')
const vm = require('node:vm')

const WEB = [
  'AbortController AbortSignal Headers ReadableStream Request Response TextDecoder TextEncoder URL URLSearchParams',
  'atob btoa clearInterval clearTimeout crypto fetch performance queueMicrotask setInterval setTimeout structuredClone',
]
const globals = Object.fromEntries(
  WEB.flatMap((line) => line.split(' ')).map((name) => [name, globalThis[name]]),
)
const context = vm.createContext(globals)
const modules = new Map()

/** A CommonJS file that can require and import its neighbours only. */
function load(file) {
  if (!modules.has(file)) {
    const module = { exports: {} }
    modules.set(file, module)
    const neighbour = (name) => {
      assert.match(name, /^\.\//, `${file} requires ${name}`)
      return load(join(dirname(file), name))
    }
    // A context of `vm` has no loader of its own for `import()`.
    const source = readFileSync(file, 'utf8').replaceAll(/\bimport\(/g, 'importLater(')
    const run = vm.compileFunction(source, ['module', 'exports', 'require', 'importLater'], {
      filename: file,
      parsingContext: context,
    })
    run(module, module.exports, neighbour, async (name) => neighbour(name))
  }
  return modules.get(file).exports
}

const resolve = createRequire(__filename).resolve
const { createBouncy, memoryStore } = load(resolve('@bouncy/core'))
load(resolve('@bouncy/core/binding'))
load(resolve('@bouncy/core/store'))

const bounce = {
  id: 'kit_1',
  provider: 'kit',
  type: 'bounce',
  recipient: 'kim@exämple.com',
  timestamp: '2026-01-02T03:04:05.000Z',
  bounceType: 'hard',
  reason: 'mailbox-not-found',
  countsAgainstRecipient: true,
  providerType: 'Hard',
  tags: [],
  metadata: {},
  raw: {},
}

async function main() {
  const bouncy = createBouncy({
    providers: [
      {
        name: 'kit',
        verify: () => {},
        parse: () => ({ events: [bounce], quarantined: [{ reason: 'odd', raw: 1 }] }),
      },
    ],
    store: memoryStore(),
    peppers: [{ id: '2026', secret: 'x'.repeat(32) }],
  })
  const handled = []
  bouncy.on('*', ({ id }) => handled.push(id))
  const reply = await bouncy.fetch(new Request('https://example.org/kit', { method: 'POST', body: '{}' }))
  assert.equal(reply.status, 200)
  assert.deepEqual(handled, ['kit_1'])
  assert.equal(await bouncy.isSuppressed('KIM@xn--exmple-cua.com'), true)
  await bouncy.erase('kim@exämple.com')
  assert.equal(await bouncy.isSuppressed('kim@exämple.com'), true)
  assert.equal((await bouncy.quarantined()).items.length, 1)
  await bouncy.prune()
  await bouncy.resume()
  await bouncy.close()
}
main()
