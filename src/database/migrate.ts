import pg from 'pg';
import { StartError } from '../common/errors/start.error.js';
import type { Env } from '../config/env.js';
import { type Migration, migrationsFolder, readMigrations } from './migrations.js';
import { migrationLock, withSchemaEngine } from './schema-engine.js';
import { withLock } from './with-lock.js';

/** How far a database is, by Prisma's own table `_prisma_migrations`. */
export interface MigrationStatus {
  readonly applied: readonly string[];
  /** Of this release, in order. */
  readonly pending: readonly string[];
  /** Begun and not ended: failed, or cut off. */
  readonly unfinished: readonly string[];
}

/**
 * Brings a database to the schema of this release and answers the names of the migrations that it applied. Replicas
 * may start together: one migrates, the others wait. A migration that failed or was cut off is tried again, after the
 * indexes that it left invalid have been dropped. A database that is ahead of this release is left as it is:
 * migrations only ever add what an older release can ignore.
 *
 * @param given other migrations than this release's
 * @throws StartError naming the migration that failed
 */
export async function migrate(databaseUrl: string, given?: readonly Migration[]): Promise<string[]> {
  const migrations = given ?? (await readMigrations());
  // The usual start has nothing to migrate: it needs neither the lock nor the engine.
  if ((await readStatus(databaseUrl, migrations)).pending.length === 0) return [];

  return withLock(databaseUrl, migrationLock, async () => {
    const { pending, unfinished } = await readStatus(databaseUrl, migrations);
    if (pending.length === 0) return [];
    if (unfinished.length > 0) await dropInvalidIndexes(databaseUrl);
    try {
      return await withSchemaEngine(databaseUrl, async (engine) => {
        for (const migrationName of unfinished) await engine.markMigrationRolledBack({ migrationName });
        const input = { migrationsList: listOf(migrations), filters: { externalTables: [], externalEnums: [] } };
        return (await engine.applyMigrations(input)).appliedMigrationNames;
      });
    } catch (error) {
      throw await failureOf(error, databaseUrl, migrations);
    }
  });
}

/**
 * What `VERSIONER_MIGRATE` asks for at start; answers the names of the migrations that were applied.
 * @throws StartError naming what is missing, where migrations may not be applied and the database lacks some
 */
export async function applyMigrationPolicy(databaseUrl: string, policy: Env['migrate']): Promise<string[]> {
  if (policy === 'off') return [];
  if (policy === 'auto') return migrate(databaseUrl);
  const { pending } = await readMigrationStatus(databaseUrl);
  if (pending.length === 0) return [];
  throw new StartError(
    `VERSIONER_MIGRATE is "check" and the database lacks ${pending.length} migration(s), the first of them ` +
      `${pending[0]}; run "npm run admin -- migrate", or set VERSIONER_MIGRATE=auto.`,
  );
}

export async function readMigrationStatus(databaseUrl: string): Promise<MigrationStatus> {
  return readStatus(databaseUrl, await readMigrations());
}

async function readStatus(databaseUrl: string, migrations: readonly Migration[]): Promise<MigrationStatus> {
  const rows = await query<{ name: string; state: 'applied' | 'unfinished' }>(
    databaseUrl,
    `SELECT DISTINCT migration_name AS name, CASE WHEN finished_at IS NULL THEN 'unfinished' ELSE 'applied' END AS state
     FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY 1`,
  ).catch((error: { code?: string }) => {
    // undefined_table: an empty database.
    if (error.code === '42P01') return [];
    throw error;
  });
  const namesOf = (state: string) => rows.filter((row) => row.state === state).map(({ name }) => name);
  const applied = namesOf('applied');
  return {
    applied,
    pending: migrations.map(({ name }) => name).filter((name) => !applied.includes(name)),
    unfinished: namesOf('unfinished'),
  };
}

/** `CREATE INDEX CONCURRENTLY` that was cut off leaves an index that costs writes, serves no reads and blocks its name. */
async function dropInvalidIndexes(databaseUrl: string): Promise<void> {
  const indexes = await query<{ name: string }>(
    databaseUrl,
    `SELECT format('%I.%I', n.nspname, c.relname) AS name
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE NOT i.indisvalid AND n.nspname = current_schema()`,
  );
  for (const { name } of indexes) await query(databaseUrl, `DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
}

function listOf(migrations: readonly Migration[]) {
  return {
    baseDir: migrationsFolder,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
    })),
  };
}

async function failureOf(failure: unknown, databaseUrl: string, migrations: readonly Migration[]): Promise<StartError> {
  const reason = (failure instanceof Error ? failure.message : String(failure)).split('\n')[0];
  const { unfinished, pending } = await readStatus(databaseUrl, migrations);
  const name = unfinished[0] ?? pending[0];
  return new StartError(`The migration ${name} failed (the next start tries it again): ${reason}`);
}

async function query<Row extends object>(databaseUrl: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
