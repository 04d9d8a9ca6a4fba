import pg from 'pg';
import { chainLock } from '../../src/audit/audit-seals.repository.js';

/** What is done while no replica can seal entries of the only account's audit log, as if another one were at it. */
export async function withoutSealing<Result>(
  { databaseUrl }: { readonly databaseUrl: string },
  work: () => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1::int, hashtext(id::text)) FROM accounts', [chainLock]);
    return await work();
  } finally {
    await client.end();
  }
}
