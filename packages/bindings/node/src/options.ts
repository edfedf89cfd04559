import { checkOptions } from '@bouncy/core/provider'
import * as z from 'zod/mini'

/** What can be set for a listener. */
export interface NodeWebhooksOptions {
  /** How long a body may take to arrive, in milliseconds; then the sender is answered 408. @default 10,000 */
  readonly bodyTimeoutMs?: number
  /** Bytes of all the bodies that this listener holds at once; what does not fit is answered 503. @default 64 MiB */
  readonly maxBufferedBytes?: number
}

const TIME = 'give a whole number of milliseconds from 1 to 600,000'
const BYTES = 'give a whole number of bytes greater than 0'

const schema = z.strictObject(
  {
    bodyTimeoutMs: z._default(z.int(TIME).check(z.gte(1, TIME), z.lte(600_000, TIME)), 10_000),
    maxBufferedBytes: z._default(z.int(BYTES).check(z.gte(1, BYTES)), 64 * 1024 * 1024),
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `${issue.keys.join(', ')}: no such option; there are bodyTimeoutMs and maxBufferedBytes`
        : 'give the options as an object',
  },
)

/** The options with their defaults. @throws TypeError naming the option and the remedy */
export function checkNodeOptions(owner: string, options: NodeWebhooksOptions): Required<NodeWebhooksOptions> {
  return checkOptions(owner, schema, options)
}
