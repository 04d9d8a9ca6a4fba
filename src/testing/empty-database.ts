import type pg from 'pg';

const insufficientPrivilege = '42501';

/**
 * Empties every table but Prisma's own. Tables of a test are small: deleting their rows without a look at the references
 * between them takes milliseconds, where TRUNCATE makes a new file for each table and index. It needs a superuser, such
 * as the owner of a test database usually is.
 */
export async function emptyDatabase(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'",
  );
  // The queue of the audit log first: while its rows are held nobody seals, and later statements see what was sealed.
  const names = rows
    .map(({ name }) => name)
    .sort((a, b) => Number(b === 'audit_unsealed') - Number(a === 'audit_unsealed'));
  const deletes = names.map((name) => `DELETE FROM ${name};`).join(' ');
  try {
    // As one query: one transaction.
    await pool.query(`SET LOCAL session_replication_role = replica; ${deletes}`);
  } catch (error) {
    if ((error as { code?: string }).code !== insufficientPrivilege) throw error;
    // The audit log refuses this otherwise.
    await pool.query(`SET LOCAL versioner.audit_removal = 'on'; TRUNCATE ${names.join(', ')}`);
  }
}
