import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { mysqlStore } from '@bouncy/sql/mysql'
import { postgresStore } from '@bouncy/sql/postgres'
import { describe, expect, it } from 'vitest'

/** Runs a module in a process of its own. @returns what it prints as JSON */
async function run(script: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  return JSON.parse(stdout)
}

const sources = (name: string): string => JSON.stringify(new URL(`../src/${name}.ts`, import.meta.url).href)

describe.each([
  [
    'postgresStore',
    postgresStore,
    'a Pool of pg, or a URL that begins with postgres://',
    'mysql://root@127.0.0.1/test',
  ],
  [
    'mysqlStore',
    mysqlStore,
    'a pool of mysql2, or a URL that begins with mysql://',
    'postgres://127.0.0.1/test',
  ],
] as const)('%s refuses', (_, open, remedy, foreign) => {
  it.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['the URL of another database', foreign],
    ['what is no pool', { host: '127.0.0.1' }],
    ['a password in what it says', 'root:hunter2@127.0.0.1'],
  ])('%s', (_name, pool) => {
    expect(() => open(pool as never)).toThrow(TypeError)
    expect(() => open(pool as never)).toThrow(`[bouncy/sql] pool: give ${remedy}`)
    expect(() => open(pool as never)).not.toThrow(/hunter2/)
  })

  it('an option that does not exist', () => {
    const pool = { connect: () => {}, getConnection: () => {} }
    expect(() => open(pool as never, { schema: 'x' } as never)).toThrow('[bouncy/sql] schema: remove it')
  })
})

it('a store that was never used is closed without having opened anything', async () => {
  await postgresStore('postgres://127.0.0.1:1/test').close()
  await mysqlStore('mysql://127.0.0.1:1/test').close()
})

const PLACES = {
  sqlite: { factory: 'sqliteStore', place: "':memory:'" },
  postgres: { factory: 'postgresStore', place: "'postgres://127.0.0.1:1/test'" },
  mysql: { factory: 'mysqlStore', place: "'mysql://127.0.0.1:1/test'" },
} as const

it.each(Object.entries(PLACES))(
  '@bouncy/sql/%s loads what is heavy only when it is used',
  async (name, { factory, place }) => {
    const loaded = await run(`
    import { registerHooks } from 'node:module'
    let heavy = 0
    registerHooks({ load: (url, context, next) => (/\\/(?:kysely|pg|mysql2)\\//.test(url) && heavy++, next(url, context)) })
    const { ${factory} } = await import(${sources(name)})
    const store = ${factory}(${place})
    const before = heavy
    await store.events({}).catch(() => {})
    console.log(JSON.stringify({ before, used: heavy > 0 }))
    process.exit()
  `)
    expect(loaded).toEqual({ before: 0, used: true })
  },
)

it.each([
  ['pg', 'postgres'],
  ['mysql2', 'mysql'],
] as const)('%s has to be installed, and it is said so', async (driver, name) => {
  const { factory, place } = PLACES[name]
  const said = await run(`
    import { registerHooks } from 'node:module'
    registerHooks({
      resolve(specifier, context, next) {
        if (specifier === '${driver}') throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
        return next(specifier, context)
      },
    })
    const { ${factory} } = await import(${sources(name)})
    const error = await ${factory}(${place}).events({}).catch((error) => error)
    console.log(JSON.stringify([error.message, error.cause?.code]))
  `)
  expect(said).toEqual([
    `[bouncy/sql] install ${driver}, or hand in a pool of your own`,
    'ERR_MODULE_NOT_FOUND',
  ])
})
