import { parseArgs } from 'node:util'
import { UsageError, whole } from '../usage.ts'

/** What was asked for on the command line. */
export interface Wanted {
  /** Names of groups, in the order of the groups. */
  readonly groups: readonly string[]
  /** Interleaved rounds, of which medians are taken. */
  readonly rounds: number
  /** A run of about a minute: small lists, few rounds, and nothing that needs a database server. */
  readonly short: boolean
  /** Also the sizes that take minutes to fill. */
  readonly large: boolean
  /** Minutes of the soak in `memory`; 0: none. */
  readonly soak: number
  /** Where the figures are written as JSON. */
  readonly json?: string
}

/** A group as `--help` lists it. */
export interface Named {
  readonly name: string
  readonly about: string
}

/** How the command is used, with the groups that there are. */
export function usageOf(groups: readonly Named[]): string {
  const width = Math.max(...groups.map(({ name }) => name.length))
  return `pnpm bench [group…] [--rounds N] [--short] [--large] [--soak MINUTES] [--json FILE]

  group       one or several of those below; all without
  --rounds    how often everything is measured in turn; medians are shown (default 7, with --short 3)
  --short     about a minute: small lists, no database servers
  --large     also 10,000,000 stored events, which takes minutes and gigabytes
  --soak      keeps the server of 'memory' under load for so many minutes
  --json      writes the figures to a file

${groups.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`).join('\n')}
`
}

/**
 * Reads the command line.
 *
 * @returns `'help'` where that was asked for
 * @throws UsageError
 */
export function readArguments(args: readonly string[], groups: readonly Named[]): Wanted | 'help' {
  const { values, positionals } = parse(args)
  if (values.help === true) return 'help'
  const known = groups.map(({ name }) => name)
  const stranger = positionals.find((name) => !known.includes(name))
  if (stranger !== undefined)
    throw new UsageError(`there is no group ${stranger}; there are ${known.join(', ')}`)
  const { short = false, large = false, json } = values
  if (short && large) throw new UsageError('--short and --large cannot both be')
  if (json === '') throw new UsageError('--json wants the name of a file')
  return {
    groups: positionals.length === 0 ? known : known.filter((name) => positionals.includes(name)),
    rounds: whole('--rounds', values.rounds ?? (short ? '3' : '7'), 1, 1_000),
    short,
    large,
    soak: values.soak === undefined ? 0 : whole('--soak', values.soak, 1, 1_440),
    ...(json === undefined ? {} : { json }),
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        rounds: text,
        short: flag,
        large: flag,
        soak: text,
        json: text,
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    // Node adds hints on further lines
    throw new UsageError(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
  }
}
