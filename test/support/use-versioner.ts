import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import pg from 'pg';
import { type RunningVersioner, startVersioner } from '../../src/testing/start-versioner.js';
import { Pipeline, type Reply } from './pipeline.js';

/** When each test begins. */
export const testStart = '2026-03-02T14:00:00.000Z';
export const minute = 60_000;
export const hour = 60 * minute;

const startLimit = 60_000;

/** The service of one test file, its clients, and its database from the database's side. */
export class TestBed {
  versioner!: RunningVersioner;
  database!: pg.Client;
  /** With the API key. */
  pipeline!: Pipeline;
  /** With the first admin's token. */
  admin!: Pipeline;

  get clock(): RunningVersioner['clock'] {
    return this.versioner.clock;
  }

  /** Version 1.2.3 of my-service starts in production, unless told otherwise. */
  async report(event: Record<string, unknown> = {}): Promise<Reply> {
    return this.pipeline.deploy({ product_name: 'my-service', version: '1.2.3', ...event });
  }

  async rows(statement: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return (await this.database.query<Record<string, unknown>>(statement, values)).rows;
  }

  /** How many rows each of the tables holds that an event may write. */
  async written(): Promise<Readonly<Record<string, number>>> {
    const tables = [
      'products',
      'versions',
      'environment_states',
      'deployments',
      'deployment_events',
      'preflight_checks',
      'audit_log',
    ];
    const counts = tables.map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`);
    return (await this.rows(`SELECT ${counts.join(', ')}`))[0] as Record<string, number>;
  }

  /** The version that is deployed in the one cell that there is. */
  async currentVersion(): Promise<unknown> {
    const [row] = await this.rows(
      `SELECT v.version FROM environment_states s JOIN deployments d ON d.id = s.deployment_id
       JOIN versions v ON v.id = d.version_id`,
    );
    return row?.['version'];
  }
}

/** Starts one service for the tests of a file; each begins with an empty one, at the same frozen instant. */
export function useVersioner(): TestBed {
  const bed = new TestBed();

  beforeAll(async () => {
    bed.versioner = await startVersioner();
    bed.database = new pg.Client({ connectionString: bed.versioner.databaseUrl });
    await bed.database.connect();
    bed.pipeline = new Pipeline(bed.versioner.url, bed.versioner.apiKey);
    bed.admin = new Pipeline(bed.versioner.url, bed.versioner.adminToken);
  }, startLimit);

  beforeEach(async () => {
    await bed.versioner.reset();
    bed.versioner.clock.set(testStart);
  }, startLimit);

  afterAll(async () => {
    await bed.database?.end();
    await bed.versioner?.stop();
  }, startLimit);

  return bed;
}

/** The id in a body. */
export function idOf({ body }: Reply): string {
  return (body as { id: string }).id;
}

/** The `details` of a refusal by the pre-flight checks. */
export function detailsOf({ body }: Reply): Record<string, unknown> {
  return (body as { details: Record<string, unknown> }).details;
}
