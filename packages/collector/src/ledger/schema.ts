import type { DatabaseSync } from 'node:sqlite';

/** The version of the schema; `PRAGMA user_version` of the file holds it. */
export const schemaVersion = 2;

/** Marks the file as ours (`PRAGMA application_id`): "PRdl". */
export const applicationId = 0x5052646c;

// One entry a step: what turns the version before into this one.
const migrations: readonly string[] = [
  `CREATE TABLE account (
     id INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE,
     listed_at INTEGER,
     holder_pid INTEGER,
     holder_host TEXT,
     held_since INTEGER
   ) STRICT;
   CREATE TABLE entry (
     account INTEGER NOT NULL REFERENCES account (id),
     key TEXT NOT NULL,
     unique_id TEXT,
     octets INTEGER,
     header_hash TEXT,
     state TEXT NOT NULL,
     received_octets INTEGER,
     delivered TEXT NOT NULL,
     delivering TEXT NOT NULL,
     failures INTEGER NOT NULL,
     reason TEXT,
     first_seen_at INTEGER NOT NULL,
     delivered_at INTEGER,
     delete_requested_at INTEGER,
     vanished_at INTEGER,
     PRIMARY KEY (account, key)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE run (
     id INTEGER PRIMARY KEY,
     account INTEGER NOT NULL REFERENCES account (id),
     started_at INTEGER NOT NULL,
     ended_at INTEGER NOT NULL,
     result TEXT NOT NULL,
     retrieved INTEGER NOT NULL,
     octets INTEGER NOT NULL,
     deleted INTEGER NOT NULL,
     failed INTEGER NOT NULL,
     message TEXT
   ) STRICT;
   CREATE INDEX run_account ON run (account, id);`,
  'ALTER TABLE entry ADD COLUMN failed_at INTEGER',
];

/** Brings a file up to the current schema, in one transaction. */
export function migrate(database: DatabaseSync, from: number): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const step of migrations.slice(from)) database.exec(step);
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}`);
    database.exec('COMMIT');
  } catch (error) {
    // SQLite may have done so itself.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
