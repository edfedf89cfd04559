import { addressKey, type Bounce, type HandlerContext } from '@bouncy/core'
import type { Kysely, Transaction } from 'kysely'
import type { Tables } from './database.ts'
import { inPlainWords } from './reasons.ts'
import type { User } from './users.ts'

export interface Notice {
  readonly address: string
  /** `there is no such mailbox; check your address` */
  readonly reason: string
  readonly diagnostic: string | null
}

/**
 * Leaves a notice for everybody whose address it is now, unless they have had one since they gave that address: a mailbox
 * that is gone is reported more than once (Postmark sends a Bounce and a SubscriptionChange). It is written in the
 * transaction that settles the event, so whenever this process dies, there is exactly one.
 */
export async function leaveNotice(bounce: Bounce, { transaction }: HandlerContext): Promise<void> {
  // the message's own faults are ours to mend, not the reader's
  if (!bounce.countsAgainstRecipient) return
  const trx = (await transaction()) as Transaction<Tables>
  const users = await trx
    .selectFrom('users')
    .select(['id', 'address'])
    .where('address_key', '=', addressKey(bounce.recipient) ?? '')
    .execute()
  for (const { id, address } of users) {
    const diagnostic = bounce.diagnostic?.slice(0, 500) ?? null
    const reason = inPlainWords(bounce.reason)
    await trx
      .insertInto('notices')
      .values({ user_id: id, address, reason, diagnostic })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/** The notices that a user has not seen, for one page: whoever asks next, in another tab for instance, gets none. */
export async function takeNotices(db: Kysely<Tables>, { id }: User): Promise<readonly Notice[]> {
  return db
    .updateTable('notices')
    .set({ seen: 1 })
    .where('user_id', '=', id)
    .where('seen', '=', 0)
    .returning(['address', 'reason', 'diagnostic'])
    .execute()
}
