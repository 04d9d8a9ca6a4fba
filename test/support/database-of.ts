import pg from 'pg';

/** Runs one statement on the database of a service, where a test must look at it or change it behind its back. */
export async function query<Row extends object = Record<string, unknown>>(
  { databaseUrl }: { readonly databaseUrl: string },
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}
