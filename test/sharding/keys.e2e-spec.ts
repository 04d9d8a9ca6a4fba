import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type RunningVersioner, startVersioner } from '../../src/testing/start-versioner.js';
import { readAccountTables } from './account-tables.js';

/** The indexes that do not start with the account, and why. */
const exceptions: Readonly<Record<string, string>> = {
  _prisma_migrations_pkey: 'of the one table that belongs to no account',
  accounts_slug_key: 'finds the account by its name, which a credential carries',
  idempotency_keys_created_at_idx: 'lets the hourly clean-up of all accounts find what is old; not unique',
};

interface Index {
  readonly table: string;
  readonly name: string;
  readonly columns: string[];
  readonly is_primary: boolean;
  readonly is_unique: boolean;
}

interface Reference {
  readonly table: string;
  readonly name: string;
  readonly columns: string[];
  readonly target: string;
  readonly target_columns: string[];
}

describe('every table', () => {
  let versioner: RunningVersioner;
  let client: pg.Client;
  let tables: ReadonlyMap<string, string>;

  beforeAll(async () => {
    versioner = await startVersioner();
    client = new pg.Client({ connectionString: versioner.databaseUrl });
    await client.connect();
    tables = await readAccountTables(client);
  }, 60_000);

  afterAll(async () => {
    await client?.end();
    await versioner?.stop();
  });

  async function rows<Row extends object>(text: string): Promise<Row[]> {
    return (await client.query<Row>(text)).rows;
  }

  it('belongs to an account', async () => {
    const all = await rows<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
         AND NOT relispartition ORDER BY 1`,
    );
    expect(all.map(({ name }) => name).filter((name) => !tables.has(name))).toEqual(['_prisma_migrations']);
    expect(tables.size).toBeGreaterThan(25);
  });

  it('holds it where it can be no null', async () => {
    const nullable = await rows(
      `SELECT table_name FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name = 'account_id' AND (is_nullable = 'YES' OR data_type <> 'uuid')`,
    );
    expect(nullable).toEqual([]);
  });

  it('has it first in its primary key and in every index', async () => {
    const indexes = await rows<Index>(
      `SELECT t.relname AS "table", x.relname AS name, i.indisprimary AS is_primary, i.indisunique AS is_unique,
              ARRAY(SELECT coalesce(a.attname::text, '(expression)') FROM unnest(i.indkey) WITH ORDINALITY AS k (n, place)
                    LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.n ORDER BY place) AS columns
       FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
       WHERE t.relnamespace = 'public'::regnamespace ORDER BY 1, 2`,
    );
    const wrong = indexes.filter(({ table, columns }) => columns[0] !== tables.get(table));
    expect(wrong.map(({ name }) => name).sort()).toEqual(Object.keys(exceptions).sort());
    const withPrimaryKey = new Set(indexes.filter((index) => index.is_primary).map(({ table }) => table));
    expect([...tables.keys()].filter((table) => !withPrimaryKey.has(table))).toEqual([]);
  });

  it('refers to others of the same account alone', async () => {
    const references = await rows<Reference>(
      `SELECT c.conrelid::regclass::text AS "table", c.conname AS name, c.confrelid::regclass::text AS target,
              ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k (n, place)
                    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY place) AS columns,
              ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY AS k (n, place)
                    JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY place) AS target_columns
       FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace ORDER BY 1, 2`,
    );
    expect(references.length).toBeGreaterThan(40);
    const wrong = references.filter(
      ({ columns, target, target_columns: targets }) =>
        columns[0] !== 'account_id' || targets[0] !== tables.get(target),
    );
    expect(wrong).toEqual([]);
  });

  it('is in the list of docs/scaling.md, after those that it refers to', async () => {
    const page = readFileSync(new URL('../../docs/scaling.md', import.meta.url), 'utf8');
    const listed = [...page.matchAll(/SELECT create_(?:reference|distributed)_table\('(\w+)'/g)].map(
      ([, name]) => name!,
    );
    expect(listed.toSorted()).toEqual([...tables.keys()].toSorted());
    const dropped = [...page.matchAll(/DROP CONSTRAINT (\w+);/g)].map(([, name]) => name!);
    const references = await rows<{ name: string; table: string; target: string }>(
      `SELECT conname AS name, conrelid::regclass::text AS "table", confrelid::regclass::text AS target
       FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`,
    );
    expect(dropped.filter((name) => !references.some((one) => one.name === name))).toEqual([]);
    const early = references.filter(
      ({ name, table, target }) => !dropped.includes(name) && listed.indexOf(target) > listed.indexOf(table),
    );
    expect(early).toEqual([]);
  });

  it('is kept by no constraint that several accounts share', async () => {
    // An exclusion constraint, or a unique one without the account, cannot be kept where accounts are apart.
    const exclusions = await rows(
      `SELECT conname FROM pg_constraint WHERE contype = 'x' AND connamespace = 'public'::regnamespace`,
    );
    expect(exclusions).toEqual([]);
  });
});
