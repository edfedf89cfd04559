import { DatabaseSync } from 'node:sqlite'
import type { DialectName } from '@bouncy/sql'

/** The tables as the first version made them. */
const TABLES = `
  create table "bouncy_migrations" ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null);
  create table "bouncy_migrations_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null);
  create table "bouncy_events" ("id" text not null primary key, "provider" text not null, "type" text not null,
    "address" text, "message_id" text, "occurred_at" text not null, "received_at" integer not null,
    "settled" integer not null, "lease_until" integer not null, "attempts" integer not null, "data" text not null);
  create table "bouncy_addresses" ("address" text not null primary key, "marks" text not null);
  create table "bouncy_suppressions" ("address" text not null, "place" text not null, "reason" text not null,
    "expires_at" integer, "data" text not null,
    constraint "bouncy_suppressions_key" primary key ("address", "place"));
  create table "bouncy_quarantined" ("id" text not null primary key, "received_at" text not null, "data" text not null);
  create index "bouncy_events_by_time" on "bouncy_events" ("occurred_at", "id");
  create index "bouncy_events_by_address" on "bouncy_events" ("address", "occurred_at", "id") where address is not null;
  create index "bouncy_events_by_message" on "bouncy_events" ("message_id", "occurred_at", "id") where message_id is not null;
  create index "bouncy_events_unsettled" on "bouncy_events" ("received_at", "id") where settled = 0;
  create index "bouncy_quarantined_by_time" on "bouncy_quarantined" ("received_at", "id");
  insert into "bouncy_migrations" values ('0001_inbox', '2026-11-20T10:00:00.000Z');
  insert into "bouncy_migrations_lock" values ('migration_lock', 0);
`

/** What the first version kept of two bounces, one of them handled, of strikes, and of what it did not understand. */
const ROWS = `
  insert into bouncy_events values
    ('toy_done', 'toy', 'bounce', 'kim@example.com', 'm-1', '2026-11-01T00:00:00.000Z', 1793491200000, 1, 0, 1,
      '{"id":"toy_done","provider":"toy","type":"bounce","recipient":"Kim@example.com","timestamp":"2026-11-01T00:00:00.000Z","tags":["a"],"metadata":{},"bounceType":"hard","reason":"mailbox-not-found","countsAgainstRecipient":true,"providerType":"Hard","messageId":"m-1","raw":{"deep":["é 💌"]}}'),
    ('toy_open', 'toy', 'bounce', 'ann@example.org', null, '2026-11-01T00:01:00.000Z', 1793491260000, 0, 1793491320000, 3,
      '{"id":"toy_open","provider":"toy","type":"bounce","recipient":"ann@example.org","timestamp":"2026-11-01T00:01:00.000Z","tags":[],"metadata":{},"bounceType":"soft","reason":"mailbox-full","countsAgainstRecipient":true,"providerType":"Soft","raw":null}');
  insert into bouncy_addresses values
    ('kim@example.com', '[{"kind":"suppress","at":1793491200000,"id":"toy_done","reason":"bounce","source":"[\\"toy\\",null]","provider":"toy"}]'),
    ('ann@example.org', '[{"kind":"strike","at":1793491260000,"id":"toy_open","reason":"bounce","source":"[\\"toy\\",null]","provider":"toy","ledger":"soft-bounce","limit":2,"windowMs":86400000,"suppressForMs":86400000}]');
  insert into bouncy_suppressions values
    ('kim@example.com', 'bounce', 'bounce', null,
      '{"address":"kim@example.com","reason":"bounce","since":"2026-11-01T00:00:00.000Z","provider":"toy","eventId":"toy_done"}');
  insert into bouncy_quarantined values
    ('toy_q', '2026-11-01T00:02:00.000Z',
      '{"id":"toy_q","provider":"toy","reason":"riddle","receivedAt":"2026-11-01T00:02:00.000Z","raw":[1]}');
`

/** The statements that make those tables on a server, empty, the words of SQLite being replaced. */
export function firstSchemaOn(dialect: DialectName): readonly string[] {
  const tables = TABLES.replaceAll(/"(received_at|lease_until|expires_at)" integer/g, '"$1" bigint')
  const own = dialect === 'postgres' ? inPostgres(tables) : inMysql(tables)
  return own.split(/;\n/).filter((statement) => statement.trim() !== '')
}

const inPostgres = (tables: string): string => tables.replaceAll(/(" text)\b/g, '$1 collate "C"')

const inMysql = (tables: string): string =>
  `set sql_mode = 'ANSI_QUOTES';\n${tables}`
    .replaceAll(/"(data|marks)" text/g, '"$1" longtext character set utf8mb4')
    .replaceAll(/" text\b/g, '" varchar(200) character set utf8mb4 collate utf8mb4_nopad_bin')
    // no index leaves rows out
    .replace('("received_at", "id") where settled = 0', '("settled", "received_at", "id")')
    .replaceAll(/ where \w+ is not null/g, '')

/** Writes a database as the first version left it. */
export function writeFirstSchema(path: string): void {
  const database = new DatabaseSync(path)
  database.exec('pragma journal_mode = wal')
  database.exec(TABLES)
  database.exec(ROWS)
  database.close()
}
