import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { OwnDatabase } from '../support/own-database.js';

/** A statement as PostgreSQL has run it, with `$n` for its values. */
export interface RecordedStatement {
  readonly text: string;
  /** Sent by a client; else a trigger, a function or a foreign key ran it. */
  readonly isSent: boolean;
}

/**
 * A PostgreSQL that keeps every statement that a service ran: those of Prisma's client, those written by hand, and what
 * triggers, functions and foreign keys run inside them. The service has a role of its own, so nothing that a test does
 * as the superuser is in it.
 */
export class RecordingDatabase {
  private constructor(
    private readonly server: OwnDatabase,
    private readonly admin: pg.Client,
    /** For the service: with its role, which may make databases and is no superuser. */
    readonly url: string,
  ) {}

  static async start(): Promise<RecordingDatabase> {
    const server = await OwnDatabase.start();
    try {
      const settings = {
        shared_preload_libraries: 'pg_stat_statements',
        'pg_stat_statements.max': '20000',
        'pg_stat_statements.track': 'all',
        'pg_stat_statements.track_utility': 'off',
      };
      const before = await connect(server.url);
      for (const [name, value] of Object.entries(settings)) await before.query(`ALTER SYSTEM SET ${name} = '${value}'`);
      await before.end();
      await server.stop();
      await server.startAgain();

      const admin = await connect(server.url);
      const password = randomBytes(16).toString('hex');
      await admin.query('CREATE EXTENSION pg_stat_statements');
      await admin.query(`CREATE ROLE service LOGIN CREATEDB PASSWORD '${password}'`);
      const url = new URL(server.url);
      [url.username, url.password] = ['service', password];
      return new RecordingDatabase(server, admin, url.href);
    } catch (error) {
      await server.remove();
      throw error;
    }
  }

  /** Forgets what has been run so far. */
  async forget(): Promise<void> {
    await this.admin.query('SELECT pg_stat_statements_reset()');
  }

  /** What the service has run since, each statement once. */
  async statements(): Promise<RecordedStatement[]> {
    const { rows } = await this.admin.query<RecordedStatement>(
      `SELECT s.query AS text, bool_or(s.toplevel) AS "isSent" FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
       WHERE r.rolname = 'service' GROUP BY s.query ORDER BY s.query`,
    );
    const { rows: lost } = await this.admin.query<{ dealloc: string }>('SELECT dealloc FROM pg_stat_statements_info');
    if (lost[0]?.dealloc !== '0') throw new Error('Statements were forgotten: pg_stat_statements.max is too small');
    return rows;
  }

  async remove(): Promise<void> {
    await this.admin.end();
    await this.server.remove();
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
