import { describe, expect, it } from '@jest/globals';
import { readMigrations } from '../src/database/migrations.js';
import { migrationFaults } from './support/migration-faults.js';

/** Released before databases were large; what comes after them may meet one. */
const first = { count: 39, last: '20261122115300_fold_look_alike_names' };

const faultsOf = (...files: string[]) => migrationFaults(files.map((sql, i) => ({ name: `${i}_given`, sql })));

describe('the migrations of this release', () => {
  it('begin with those that databases were made with', async () => {
    const names = (await readMigrations()).map(({ name }) => name);
    expect(names.indexOf(first.last)).toBe(first.count - 1);
  });

  it('stop no events: none locks a table that may be large for longer than a moment', async () => {
    expect(migrationFaults((await readMigrations()).slice(first.count))).toEqual([]);
  });
});

describe('a migration is refused that', () => {
  it.each([
    ['builds an index under a lock', 'CREATE INDEX "x" ON "deployments" ("account_id")'],
    ['builds a unique one', 'CREATE UNIQUE INDEX x ON public.deployments (account_id)'],
    ['builds one beside something else', 'SELECT 1; CREATE INDEX CONCURRENTLY x ON deployments (account_id)'],
    ['drops an index under a lock', 'DROP INDEX "x"'],
    ['drops an index that may be gone when it is tried again', 'DROP INDEX CONCURRENTLY "x"'],
    ['changes a type', 'ALTER TABLE "deployments" ALTER COLUMN "version" TYPE varchar(10)'],
    ['changes one with other words', 'ALTER TABLE ONLY deployments ADD a int, ALTER version SET DATA TYPE varchar(10)'],
    ['requires what may be missing', 'ALTER TABLE "deployments" ALTER COLUMN "deploy_url" SET NOT NULL'],
    [
      'adds a column with a default for each row',
      'ALTER TABLE deployments ADD COLUMN k uuid DEFAULT gen_random_uuid()',
    ],
    ['adds one that has to be filled', 'ALTER TABLE deployments ADD COLUMN k uuid NOT NULL'],
    ['adds a generated one', 'ALTER TABLE deployments ADD k text GENERATED ALWAYS AS (lower(version)) STORED'],
    ['adds a serial one', 'ALTER TABLE deployments ADD k bigserial'],
    ['adds one that refers', 'ALTER TABLE deployments ADD k uuid REFERENCES accounts (id)'],
    ['adds a check', 'ALTER TABLE deployments ADD CONSTRAINT c CHECK (version <> $$x$$)'],
    ['adds a foreign key', 'ALTER TABLE deployments ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES accounts (id)'],
    ['adds a unique constraint', 'ALTER TABLE deployments ADD CONSTRAINT c UNIQUE (a, b)'],
    ['adds a primary key', 'ALTER TABLE deployments ADD PRIMARY KEY (a, b)'],
    ['changes all rows', "UPDATE deployments SET deploy_url = 'a;b'"],
    ['changes them in a common table', 'WITH x AS (DELETE FROM "build_events" RETURNING 1) SELECT count(*) FROM x'],
    ['changes them in a block', 'DO $$ BEGIN UPDATE deployments SET version = 1; END $$'],
    ['copies them', 'CREATE TABLE n (a int); INSERT INTO n SELECT 1 FROM deployment_events'],
    ['empties or locks a table', 'LOCK TABLE deployments'],
    ['moves a table', 'ALTER TABLE deployments SET TABLESPACE fast'],
    ['ends its own transaction', 'CREATE TABLE n (a int); COMMIT; DROP TABLE n'],
    ['waits as long as it likes', "SET LOCAL lock_timeout = '1h'"],
    ['holds one table while it waits for another', 'ALTER TABLE builds ADD a int; ALTER TABLE deployments ADD a int'],
  ])('%s', (_case, sql) => {
    expect(faultsOf(sql)).toHaveLength(1);
  });

  it('validates while it holds the lock of what it added', () => {
    const add = 'ALTER TABLE builds ADD CONSTRAINT c CHECK (a > 0) NOT VALID;';
    expect(faultsOf(`${add} ALTER TABLE builds VALIDATE CONSTRAINT c`)).toHaveLength(1);
  });
});

describe('a migration is fine that', () => {
  it.each([
    ['adds a column', 'ALTER TABLE "deployments" ADD COLUMN "k" text'],
    [
      'adds some with a constant',
      "ALTER TABLE deployments ADD a int NOT NULL DEFAULT 0, ADD b text DEFAULT 'x, y'::text",
    ],
    ['adds one with a time', 'ALTER TABLE deployments ADD COLUMN k timestamptz NOT NULL DEFAULT now()'],
    ['drops a column', '-- UPDATE deployments SET a = 1;\nALTER TABLE deployments DROP COLUMN k'],
    ['adds a constraint for new rows', 'ALTER TABLE builds ADD CONSTRAINT c CHECK (a > 0) NOT VALID'],
    ['validates one', 'ALTER TABLE builds VALIDATE CONSTRAINT c'],
    ['builds an index concurrently', '-- why\nCREATE INDEX CONCURRENTLY x ON deployments (account_id)'],
    ['uses one', 'ALTER TABLE deployments ADD CONSTRAINT c UNIQUE USING INDEX x'],
    ['makes a table with indexes', 'CREATE TABLE n (a int); CREATE INDEX x ON n (a); ALTER TABLE n ADD UNIQUE (a)'],
    ['makes a function', 'CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $f$ UPDATE deployments SET version = 1 $f$'],
    ['changes a small table', 'UPDATE accounts SET slug = slug; CREATE INDEX x ON users (email)'],
  ])('%s', (_case, sql) => {
    expect(faultsOf(sql)).toEqual([]);
  });

  it('requires what an earlier one has proved', () => {
    const required = 'ALTER TABLE "builds" ALTER COLUMN "a" SET NOT NULL';
    const check = 'ALTER TABLE "builds" ADD CONSTRAINT "c" CHECK ("a" IS NOT NULL) NOT VALID';
    const validate = 'ALTER TABLE "builds" VALIDATE CONSTRAINT "c"';
    expect(faultsOf(check, validate, required)).toEqual([]);
    expect(faultsOf(check, required)).toHaveLength(1);
  });
});
