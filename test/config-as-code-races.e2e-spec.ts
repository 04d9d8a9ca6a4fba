import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually } from './support/eventually.js';
import { applyText } from './support/run-admin.js';
import { useVersioner } from './support/use-versioner.js';

const bed = useVersioner();
const limit = 120_000;

describe('a file that is applied beside others', () => {
  const file = 'products: [{name: shop, description: ours}]\n';
  let other: pg.Client;

  beforeAll(async () => {
    other = new pg.Client({ connectionString: bed.versioner.databaseUrl });
    await other.connect();
  });
  afterAll(async () => other.end());

  /** Whether somebody waits for a lock that this server process holds. */
  const isWaitedFor = async (pid: number): Promise<boolean> => {
    const [row] = await bed.rows('SELECT count(*)::int FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))', [
      pid,
    ]);
    return Number(row?.['count']) > 0;
  };

  /** As the server itself says: behind a pooler the greeting names another, and each transaction may have its own. */
  const processInTransaction = async (): Promise<number> =>
    (await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]!.pid;

  it(
    'what a pipeline names at the same moment is met, and changed instead of made',
    async () => {
      await other.query('BEGIN');
      const pid = await processInTransaction();
      await other.query(`WITH product AS (
          INSERT INTO products (account_id, id, name, created_at, updated_at)
          SELECT id, gen_random_uuid(), 'shop', now(), now() FROM accounts RETURNING account_id, id, name
        ) INSERT INTO product_names (account_id, name_key, product_id, name, created_at)
          SELECT account_id, name, id, name, now() FROM product`);
      const ended = applyText(bed.versioner, file);
      await eventually(() => isWaitedFor(pid));
      await other.query('COMMIT');
      expect(await ended).toEqual({
        code: 0,
        stdout: '~ product "shop"\n    description: null → ours\n\n1 changed.\n',
        stderr: '',
      });
    },
    limit,
  );

  it(
    'waits for whoever changes the account, and works out afterwards what is left to do',
    async () => {
      await other.query('BEGIN');
      await other.query('SELECT FROM accounts FOR NO KEY UPDATE');
      const two = [applyText(bed.versioner, file), applyText(bed.versioner, file)];
      const isIdle = "state = 'idle in transaction' AND query LIKE '%SKIP LOCKED%'";
      await eventually(async () => {
        const [row] = await bed.rows(`SELECT count(*)::int FROM pg_stat_activity WHERE ${isIdle}`);
        return Number(row?.['count']) === 2;
      });
      await other.query('COMMIT');
      const said = (await Promise.all(two)).map(({ stdout }) => stdout).sort();
      expect(said).toEqual(['+ product "shop"\n    description: ours\n\n1 created.\n', 'Nothing to do.\n']);
      expect(await bed.admin.list('/products/')).toMatchObject([{ name: 'shop' }]);
    },
    limit,
  );
});
