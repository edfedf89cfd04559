import type { Store } from '@bouncy/core/store'
import { listAudit } from './audit.ts'
import { claimFree, settling } from './claims.ts'
import type { RedisClient } from './client.ts'
import { openDatabase } from './database.ts'
import { erase } from './erase.ts'
import { listEvents } from './events.ts'
import { type RedisStoreOptions, settingsOf } from './options.ts'
import { prune } from './prune.ts'
import { listQuarantined } from './quarantine.ts'
import { recording } from './record.ts'
import { findSuppressions, listSuppressions } from './suppressions.ts'
import { createTrack } from './track.ts'

export type { IoRedisClient, NodeRedisClient, NodeRedisCluster, RedisClient } from './client.ts'
export type { RedisStoreOptions } from './options.ts'

/**
 * A store in Redis (6.2 or later) or Valkey. What is acknowledged is as safe as the server keeps it, and no safer: see
 * "What an acknowledged event is worth" in the README. Errors of the client are passed on as they come.
 *
 * @param client a connected client of `redis` or `ioredis`; stays yours: `close()` does not touch it
 * @throws TypeError what is no client, an option that does not exist or does not fit the client
 * @example
 * const store = redisStore(await createClient().connect())
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): Store {
  const db = openDatabase(client, settingsOf(client, options))
  const { track, close } = createTrack()

  return {
    record: (batch) => track(async () => db.write(recording(batch))),
    settle: (outcomes) => track(() => db.write(settling(outcomes))),
    claim: (query) => track(() => claimFree(db, query)),
    findSuppressions: (keys) => track(() => findSuppressions(db, keys)),
    suppressions: (query) => track(() => listSuppressions(db, query)),
    events: (query) => track(() => listEvents(db, query)),
    quarantined: (query) => track(() => listQuarantined(db, query)),
    audit: (query) => track(() => listAudit(db, query)),
    prune: (limits) => track(() => prune(db, limits)),
    erase: (erasure) => track(() => erase(db, erasure)),
    close,
  }
}
