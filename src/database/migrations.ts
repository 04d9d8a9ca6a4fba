import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One reviewed step of the schema. */
export interface Migration {
  /** `<time>_<verb_noun>`: migrations are applied in the order of their names. */
  readonly name: string;
  readonly sql: string;
}

/** Absolute. */
export const migrationsFolder = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

/** The migrations that this release brings, in order. */
export async function readMigrations(): Promise<Migration[]> {
  const entries = await readdir(migrationsFolder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names
      .sort()
      .map(async (name) => ({ name, sql: await readFile(join(migrationsFolder, name, 'migration.sql'), 'utf8') })),
  );
}

/** Differs between any two sets of migrations that differ. */
export function checksumOf(migrations: readonly Migration[]): string {
  return createHash('sha256').update(JSON.stringify(migrations)).digest('hex').slice(0, 16);
}
