import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { migrate } from '../src/database/migrate.js';
import { readMigrations } from '../src/database/migrations.js';
import type { Verification } from './support/audit-log.js';
import { EmptyDatabase } from './support/empty-database.js';
import { eventually } from './support/eventually.js';
import { full } from './support/full.js';
import { Pipeline } from './support/pipeline.js';
import { ServiceProcess } from './support/service-process.js';

const adminToken = `pat_default_${'0123456789abcdef'.repeat(2)}`;
const many = full(50_000, 2_000);
const limit = full(600_000, 180_000);

describe('the audit log is sealed in the background', () => {
  let emptyDatabase: EmptyDatabase;
  let database: pg.Client;
  let services: ServiceProcess[];

  beforeEach(async () => {
    services = [];
    emptyDatabase = await EmptyDatabase.create();
    database = new pg.Client({ connectionString: emptyDatabase.url });
    await database.connect();
  }, limit);

  afterEach(async () => {
    for (const service of services) await service.stop();
    await database.end();
    await emptyDatabase.drop();
  }, limit);

  async function start(env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
    const common = { DATABASE_URL: emptyDatabase.url, VERSIONER_ADMIN_TOKEN: adminToken, RATE_LIMIT_PER_MINUTE: '0' };
    const service = await ServiceProcess.start({ ...common, ...env });
    services.push(service);
    return service;
  }

  /** Entries as changes leave them, for the account that there is. */
  async function addEntries(count: number): Promise<void> {
    await database.query(
      `INSERT INTO audit_log (account_id, id, at, actor_kind, action, resource_type, resource_id, after)
       SELECT a.id, gen_random_uuid(), now() + n * interval '1 ms', 'service', 'test.made', 'test', gen_random_uuid(),
         jsonb_build_object('n', n::numeric / 10, 'text', repeat('x', 500))
       FROM accounts a, generate_series(1, $1::int) n`,
      [count],
    );
  }

  const countOf = async (table: string) =>
    (await database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)).rows[0]!.count;

  async function verified({ url }: ServiceProcess): Promise<Verification> {
    await eventually(async () => (await countOf('audit_unsealed')) === 0);
    return (await new Pipeline(url, adminToken).get('/audit-log/verify')).body as Verification;
  }

  it(
    'by two replicas at once, into one chain',
    async () => {
      const [one] = [await start(), await start()];
      for (let n = 0; n < 4; n++) await addEntries(many / 4);
      expect(await verified(one)).toMatchObject({ complete: true, unsealed: 0 });
      expect(await countOf('audit_links')).toBe(await countOf('audit_log'));
    },
    limit,
  );

  it(
    'also when it was killed over it',
    async () => {
      const killed = await start();
      await eventually(async () => (await countOf('audit_unsealed')) === 0);
      await addEntries(many);
      const before = await countOf('audit_seals');
      await eventually(async () => (await countOf('audit_seals')) > before);
      killed.signal('SIGKILL');
      expect(await countOf('audit_unsealed')).toBeGreaterThan(0);
      const found = await verified(await start());
      expect(found).toMatchObject({ complete: true, unsealed: 0 });
      expect(found.sealed).toBe(found.entries);
    },
    limit,
  );

  it(
    'with the entries from before there was a chain',
    async () => {
      const migrations = await readMigrations();
      await migrate(
        emptyDatabase.url,
        migrations.filter(({ name }) => name < '20261122111000'),
      );
      await database.query(
        "INSERT INTO accounts (id, slug, created_at, updated_at) VALUES (gen_random_uuid(), 'default', now(), now())",
      );
      await addEntries(1_200);
      await migrate(emptyDatabase.url);
      expect(await countOf('audit_unsealed')).toBe(1_200);
      await start();
      await eventually(async () => (await countOf('audit_unsealed')) === 0);
      expect(await countOf('audit_links')).toBe(1_200);
    },
    limit,
  );

  it(
    'with the key that it is given, and goes on with another one',
    async () => {
      const keys = [1, 2].map(() => generateKeyPairSync('ed25519').privateKey);
      const [pem, seed] = [keys[0]!.export({ format: 'pem', type: 'pkcs8' }).toString(), rawOf(keys[1]!)];
      const first = await start({ AUDIT_SIGNING_KEY: pem });
      const { keys: used } = await verified(first);
      expect(used).toMatchObject([{ held_in: 'environment', first_seq: 1 }]);
      await first.stop();
      const second = await start({ AUDIT_SIGNING_KEY: seed });
      await addEntries(1);
      const found = await verified(second);
      expect(found).toMatchObject({ complete: true, keys: [{ id: used[0]!.id }, { held_in: 'environment' }] });
      expect(await database.query('SELECT FROM audit_signing_keys WHERE private_key IS NOT NULL')).toMatchObject({
        rowCount: 0,
      });
      await eventually(() => second.output.includes('Head of the audit log of'));
      expect(second.output).not.toContain(seed);
    },
    limit,
  );
});

function rawOf(key: KeyObject): string {
  return key.export({ format: 'der', type: 'pkcs8' }).subarray(16).toString('base64');
}
