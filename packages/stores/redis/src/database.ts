import { type RedisClient, senderOf } from './client.ts'
import { createConfirm } from './confirm.ts'
import type { Settings } from './options.ts'
import { createReader, type Reader } from './reader.ts'
import { createTransact } from './transact.ts'
import { createWriter, type Write } from './writer.ts'

/** Our keys, as they are read and changed. */
export interface Database extends Reader {
  readonly write: Write
}

/** The keys that a client reaches under the prefix of the settings. */
export function openDatabase(client: RedisClient, settings: Settings): Database {
  const send = senderOf(client, settings.prefix)
  const reader = createReader(send, settings.prefix)
  const confirm = createConfirm(send, client, settings)
  const transact = createTransact(send, settings.prefix, reader.read, confirm)
  return { ...reader, write: createWriter(transact) }
}
