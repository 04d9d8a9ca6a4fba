import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const pollMs = 150;

/**
 * Does something that only one process may do at a time. The lock belongs to a transaction that is kept open
 * meanwhile, so that it holds behind a pooler and ends with the process. Who has to wait asks again and again instead
 * of waiting inside a statement, whose snapshot would hold up `CREATE INDEX CONCURRENTLY`.
 *
 * @param key of an advisory lock of that database
 */
export async function withLock<T>(databaseUrl: string, key: number, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (;;) {
      await client.query('BEGIN');
      const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS locked', [key]);
      if (rows[0]?.locked === true) break;
      await client.query('ROLLBACK');
      await sleep(pollMs);
    }
    await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    return await work();
  } finally {
    // Ends the transaction, and the lock with it.
    await client.end().catch(() => undefined);
  }
}
