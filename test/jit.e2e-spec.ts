import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { jitAdvice, turnOffJit } from '../src/database/jit.js';

/** As behind a pooler, which makes up a process where the server would have named its own. */
const noProcess = 0;

describe('compiling of statements by PostgreSQL', () => {
  let client: pg.Client;
  let ownProcess: number;

  beforeAll(async () => {
    client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
    await client.connect();
  });
  afterAll(async () => client.end());

  // In a transaction, so that the tests may themselves run behind a pooler.
  beforeEach(async () => {
    await client.query('ROLLBACK; BEGIN; SET LOCAL jit = on');
    ownProcess = await one<number>('SELECT pg_backend_pid()');
  });

  async function one<T>(statement: string): Promise<T> {
    const { rows } = await client.query<[T]>({ text: statement, rowMode: 'array' });
    return rows[0]![0];
  }

  it('is turned off in a session of its own, where there is nothing to advise', async () => {
    Object.assign(client, { processID: ownProcess });
    await turnOffJit(client);
    expect(await one('SHOW jit')).toBe('off');
    expect(await jitAdvice(client)).toBeNull();
  });

  it('is left alone in a session that a pooler shares, and the operator is told what turns it off', async () => {
    Object.assign(client, { processID: noProcess });
    await turnOffJit(client);
    expect(await one('SHOW jit')).toBe('on');
    const place = await one<string>(
      `SELECT quote_ident(current_user) || ' IN DATABASE ' || quote_ident(current_database())`,
    );
    const available = await one<boolean>('SELECT pg_jit_available()');
    expect(await jitAdvice(client)).toBe(available ? `ALTER ROLE ${place} SET jit = off` : null);

    await client.query('SET LOCAL jit = off');
    expect(await jitAdvice(client)).toBeNull();
  });
});
