import { afterEach, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { UnavailableError } from '../src/common/errors/request.errors.js';
import { Database, type RunStatement } from '../src/database/database.js';
import { EmptyDatabase } from './support/empty-database.js';
import { eventually } from './support/eventually.js';

const limit = 60_000;
let emptyDatabase: EmptyDatabase;
let beside: pg.Client;
let database: Database;

beforeEach(async () => {
  emptyDatabase = await EmptyDatabase.create();
  beside = new pg.Client({ connectionString: emptyDatabase.url });
  await beside.connect();
  await beside.query('CREATE TABLE kept (n int)');
  // One connection: who does not give it back is found out.
  database = new Database({
    url: emptyDatabase.url,
    poolSize: 1,
    prepared: process.env['DATABASE_PREPARED'] !== 'off',
  });
}, limit);

afterEach(async () => {
  await database.close();
  await beside.end();
  await emptyDatabase.drop();
}, limit);

const insert = (run: RunStatement, n: number) =>
  run({ name: 'test_keep', text: 'INSERT INTO kept VALUES ($1::int)' }, [n]);
const kept = async () => (await beside.query<{ n: number }>('SELECT n FROM kept ORDER BY n')).rows.map(({ n }) => n);

it('keeps all statements of a transaction, under its settings', async () => {
  const found = await database.transaction("SET LOCAL work_mem = '7MB'", async (run) => {
    await insert(run, 1);
    await insert(run, 2);
    return run<{ size: string }>({ name: '', text: "SELECT current_setting('work_mem') AS size" }, []);
  });
  expect(found).toEqual([{ size: '7MB' }]);
  expect(await kept()).toEqual([1, 2]);
});

it.each([
  ['of the work', () => Promise.reject(new Error('no more'))],
  ['of a statement', (run: RunStatement) => run({ name: '', text: 'SELECT 1 / 0' }, [])],
])('keeps none after a failure %s, and the connection serves the next one', async (_, fail) => {
  await expect(
    database.transaction('SET LOCAL jit = off', async (run) => {
      await insert(run, 1);
      await fail(run);
    }),
  ).rejects.toThrow(/no more|division by zero/);
  await database.transaction('SET LOCAL jit = off', (run) => insert(run, 3));
  expect(await kept()).toEqual([3]);
});

it('is unavailable where the connection is lost between two statements, and the next one gets another', async () => {
  const lost = database.transaction('SET LOCAL jit = off', async (run) => {
    await insert(run, 1);
    const [backend] = await run<{ pid: number }>({ name: '', text: 'SELECT pg_backend_pid() AS pid' }, []);
    await beside.query('SELECT pg_terminate_backend($1)', [backend!.pid]);
    await gone(backend!.pid);
    await insert(run, 2);
  });
  await expect(lost).rejects.toThrow(UnavailableError);
  await database.transaction('SET LOCAL jit = off', (run) => insert(run, 3));
  expect(await kept()).toEqual([3]);
});

async function gone(pid: number): Promise<void> {
  await eventually(async () => {
    const { rowCount } = await beside.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pid]);
    return rowCount === 0;
  });
}
