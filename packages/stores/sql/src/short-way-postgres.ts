import type { PostgresClient, PostgresPool } from './postgres.ts'
import type { Found, ShortWay } from './short-way.ts'

/** An array is one parameter, so that it is only how long others wait that bounds it. */
const MOST = 65_536
const NAME = 'bouncy_find_suppressions'
const TEXT = 'select data from bouncy_suppressions where address = any($1)'
/** What a server, or a pooler in front of it, says of a statement that is not prepared, or by somebody else already. */
const NOT_OURS: ReadonlySet<unknown> = new Set(['26000', '42P05'])

/**
 * Asks with one array and a statement that stays prepared on each connection. Behind a pooler that gives a connection of
 * the server to one transaction after the other, statements do not stay: it is asked without, from then on.
 */
export function postgresShortWay(connect: PostgresPool['connect']): ShortWay {
  let prepares = true

  async function withClient<T>(work: (client: PostgresClient) => Promise<T>): Promise<T> {
    const client = await connect()
    try {
      return await work(client)
    } finally {
      client.release()
    }
  }

  async function ask(client: PostgresClient, addresses: readonly string[]): Promise<readonly Found[]> {
    const values = [addresses]
    if (!prepares) return rowsOf(await client.query(TEXT, values))
    try {
      return rowsOf(await client.query({ name: NAME, text: TEXT, values }))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && NOT_OURS.has(error.code))) throw error
      prepares = false
      return rowsOf(await client.query(TEXT, values))
    }
  }

  return {
    most: MOST,
    find: (addresses, { borrow }) => borrow(withClient, (client: PostgresClient) => ask(client, addresses)),
  }
}

const rowsOf = ({ rows }: { readonly rows: readonly unknown[] }): readonly Found[] => rows as readonly Found[]
