import type pg from 'pg';

/**
 * Keeps PostgreSQL from compiling statements in this session. That takes longer than any statement here runs, and
 * estimates alone decide whether it is done: with more rows, or a generic plan, look-ups of a millisecond would take
 * half a second each.
 *
 * Behind a pooler the session may be another's with the next statement: what is set there holds for strangers, and
 * not for us. It is left as it is, and the start says what the operator can do (`jitAdvice`).
 */
export async function turnOffJit(client: pg.ClientBase): Promise<void> {
  await client.query(`SELECT set_config('jit', 'off', false) WHERE pg_backend_pid() = $1`, [processOf(client)]);
}

/** What an operator has to do for `turnOffJit` to be needless; null where there is nothing to do. */
export async function jitAdvice(client: pg.ClientBase): Promise<string | null> {
  const { rows } = await client.query<{ advice: string }>(
    `SELECT format('ALTER ROLE %I IN DATABASE %I SET jit = off', current_user, current_database()) AS advice
      WHERE pg_backend_pid() <> $1 AND pg_jit_available()`,
    [processOf(client)],
  );
  return rows[0]?.advice ?? null;
}

/** As the greeting named it: the server tells its own process, a pooler makes one up. */
function processOf(client: pg.ClientBase): number {
  return (client as unknown as { processID: number | null }).processID ?? 0;
}
