import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** A database of its own in the cluster of the tests, for a service that the test starts as a process. */
export class EmptyDatabase {
  private constructor(
    readonly url: string,
    private readonly name: string,
  ) {}

  static async create(): Promise<EmptyDatabase> {
    const name = `process_${randomUUID().replaceAll('-', '')}`;
    await run(`CREATE DATABASE ${name}`);
    const url = new URL(clusterUrl());
    url.pathname = `/${name}`;
    return new EmptyDatabase(url.href, name);
  }

  async drop(): Promise<void> {
    await run(`DROP DATABASE ${this.name} WITH (FORCE)`);
  }
}

function clusterUrl(): string {
  return process.env['DATABASE_URL'] ?? '';
}

async function run(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: clusterUrl() });
  await client.connect();
  await client.query(statement);
  await client.end();
}
