import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { applyMigrationPolicy, migrate, readMigrationStatus } from '../src/database/migrate.js';
import { readMigrations } from '../src/database/migrations.js';
import { query } from './support/database-of.js';
import { EmptyDatabase } from './support/empty-database.js';
import { eventually } from './support/eventually.js';

const table = {
  name: '20200101000000_create_things',
  sql: 'CREATE TABLE things (id int); INSERT INTO things VALUES (1), (1);',
};
const trigger = {
  name: '20200101000001_create_trigger',
  sql: `CREATE FUNCTION one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.id := 1; RETURN NEW; END; $$;
        CREATE TRIGGER always_one BEFORE UPDATE ON things FOR EACH ROW EXECUTE FUNCTION one();`,
};
const index = {
  name: '20200101000002_index_things',
  sql: 'CREATE UNIQUE INDEX CONCURRENTLY things_id ON things (id);',
};

describe('migrations', () => {
  let database: EmptyDatabase;
  const rows = (text: string) => query({ databaseUrl: database.url }, text);

  beforeEach(async () => {
    database = await EmptyDatabase.create();
  });
  afterEach(async () => database.drop());

  it('bring an empty database to the schema of this release, once', async () => {
    const names = (await readMigrations()).map(({ name }) => name);
    expect(await migrate(database.url)).toEqual(names);
    expect(await migrate(database.url)).toEqual([]);
    expect(await readMigrationStatus(database.url)).toEqual({ applied: names, pending: [], unfinished: [] });
  });

  it('are applied by one of several replicas that start together', async () => {
    const migrations = [table, trigger];
    const applied = await Promise.all(Array.from({ length: 4 }, () => migrate(database.url, migrations)));
    expect(applied.filter(({ length }) => length > 0)).toEqual([[table.name, trigger.name]]);
    expect(await rows('UPDATE things SET id = 7 RETURNING id')).toEqual([{ id: 1 }, { id: 1 }]);
  });

  it('are all or nothing, told in one line, and tried again', async () => {
    const broken = { ...trigger, sql: 'CREATE TABLE half (id int); SELECT 1/0;' };
    await expect(migrate(database.url, [table, broken])).rejects.toThrow(
      `The migration ${broken.name} failed (the next start tries it again): division by zero`,
    );
    expect(await rows("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
    expect(await migrate(database.url, [table, trigger])).toEqual([trigger.name]);
  });

  it('drop the invalid index that one which was cut off has left', async () => {
    await migrate(database.url, [table]);
    // Two equal rows: the unique index cannot be built, and remains as an invalid one.
    await expect(migrate(database.url, [table, index])).rejects.toThrow(/could not create unique index "things_id"/);
    expect(await rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'things_id'::regclass")).toEqual([
      { indisvalid: false },
    ]);
    await rows('DELETE FROM things');
    expect(await migrate(database.url, [table, index])).toEqual([index.name]);
    expect(await rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'things_id'::regclass")).toEqual([
      { indisvalid: true },
    ]);
  });

  it('drop an index where the last try was cut off: it is gone, or invalid and dropped before', async () => {
    const names = (await readMigrations()).map(({ name }) => name).filter((name) => name.includes('_drop_index'));
    expect(names.length).toBeGreaterThan(0);
    await migrate(database.url);
    await rows(`UPDATE _prisma_migrations SET finished_at = NULL, applied_steps_count = 0
      WHERE migration_name IN (${names.map((name) => `'${name}'`).join()})`);
    expect(await migrate(database.url)).toEqual(names);
  });

  it('of a newer release do not stop an older one', async () => {
    await migrate(database.url, [table, trigger]);
    expect(await migrate(database.url, [table])).toEqual([]);
  });

  it('hold their lock in a transaction beside them: a lock of a session would stay behind in a pooler', async () => {
    const look = {
      name: '20200101000000_look',
      sql: `CREATE TABLE seen AS SELECT a.state, l.pid = pg_backend_pid() AS own FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE l.locktype = 'advisory' AND a.datname = current_database()`,
    };
    await migrate(database.url, [look]);
    expect(await rows('SELECT * FROM seen')).toEqual([{ state: 'idle in transaction', own: false }]);
  });

  it('let others pass while they wait for a table that is being read', async () => {
    Logger.overrideLogger(false);
    await migrate(database.url, [table]);
    const reader = new pg.Client({ connectionString: database.url });
    await reader.connect();
    await reader.query('BEGIN; SELECT FROM things');
    const column = { name: '20200101000003_add_column', sql: 'ALTER TABLE things ADD COLUMN more int;' };
    const migrated = migrate(database.url, [table, column]);
    await eventually(async () => (await rows('SELECT FROM pg_locks WHERE NOT granted')).length > 0);
    // It stands in line behind the migration, whose turn comes only after the reader's.
    await rows('INSERT INTO things VALUES (2)');
    await reader.query('COMMIT');
    await reader.end();
    expect(await migrated).toEqual([column.name]);
  });

  it('are asked for where VERSIONER_MIGRATE is check, and ignored where it is off', async () => {
    const [first] = await readMigrations();
    expect(await applyMigrationPolicy(database.url, 'off')).toEqual([]);
    await expect(applyMigrationPolicy(database.url, 'check')).rejects.toThrow(
      `VERSIONER_MIGRATE is "check" and the database lacks ${(await readMigrations()).length} migration(s), the first of them ${first?.name}; ` +
        'run "npm run admin -- migrate", or set VERSIONER_MIGRATE=auto.',
    );
    await applyMigrationPolicy(database.url, 'auto');
    expect(await applyMigrationPolicy(database.url, 'check')).toEqual([]);
  });
});
