import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '../src/database/migrate.js';
import type { Verification } from './support/audit-log.js';
import { EmptyDatabase } from './support/empty-database.js';
import { eventually } from './support/eventually.js';
import { Pipeline } from './support/pipeline.js';
import { ServiceProcess } from './support/service-process.js';

const random = '0123456789abcdef'.repeat(2);
const adminToken = `pat_default_${random}`;
const apiKey = `sk_default_default_${random}`;
const password = 'a-password-of-the-tests';

describe('where another role owns the tables than the one that the service is', () => {
  const names = { owner: `owner_${randomUUID().slice(0, 8)}`, service: `service_${randomUUID().slice(0, 8)}` };
  const script = readFileSync('scripts/grant-service-role.sql', 'utf8').replaceAll('versioner_service', names.service);
  let database: EmptyDatabase;
  let port: string;
  let service: ServiceProcess;
  let [superuser, owner, restricted]: pg.Client[] = [];

  const urlOf = (role: string) => {
    const url = new URL(database.url);
    url.username = role;
    url.password = password;
    // A pooler in between knows no other roles.
    url.port = port;
    return url.href;
  };

  beforeAll(async () => {
    database = await EmptyDatabase.create();
    superuser = new pg.Client({ connectionString: database.url });
    await superuser.connect();
    port = (await superuser.query<{ port: string }>('SHOW port')).rows[0]!.port;
    for (const role of Object.values(names)) await superuser.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
    await superuser.query(`ALTER SCHEMA public OWNER TO ${names.owner}`);
    await migrate(urlOf(names.owner));
    [owner, restricted] = [names.owner, names.service].map((role) => new pg.Client({ connectionString: urlOf(role) }));
    await owner!.connect();
    // The second time, as after the next release.
    for (let n = 0; n < 2; n++) await owner!.query(script);
    await restricted!.connect();
    service = await ServiceProcess.start({
      DATABASE_URL: urlOf(names.service),
      VERSIONER_MIGRATE: 'check',
      VERSIONER_ADMIN_TOKEN: adminToken,
      VERSIONER_API_KEY: apiKey,
    });
  }, 120_000);

  afterAll(async () => {
    await service?.stop();
    for (const client of [owner, restricted, superuser]) await client?.end();
    await database.drop();
    const cluster = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
    await cluster.connect();
    for (const role of Object.values(names)) await cluster.query(`DROP ROLE ${role}`);
    await cluster.end();
  }, 60_000);

  it('the service works, and seals its audit log', async () => {
    const [pipeline, admin] = [new Pipeline(service.url, apiKey), new Pipeline(service.url, adminToken)];
    const event = { product_name: 'shop', version: '1', environment_name: 'production' };
    expect((await pipeline.post('/deployment-events/', { ...event, status: 'started' })).status).toBe(201);
    expect((await pipeline.post('/deployment-events/', { ...event, status: 'completed' })).status).toBe(200);
    expect((await pipeline.post('/build-events/', { ...event, status: 'completed' })).status).toBe(201);
    const user = { email: 'mona@example.com', name: 'Mona', role: 'developer' };
    expect((await admin.post('/users/', user)).status).toBe(201);
    const rule = { name: 'pause', type: 'cooldown', config: { minutes: 1 } };
    const { status, body } = await admin.post('/deployment-rules/', rule);
    expect(status).toBe(201);
    expect((await admin.delete(`/deployment-rules/${(body as { id: string }).id}`)).status).toBe(204);
    let found: Verification;
    await eventually(async () => {
      found = (await admin.get('/audit-log/verify')).body as Verification;
      // What is sealed while the log is verified is in neither count.
      return found.unsealed === 0 && found.sealed === found.entries;
    });
    expect(found!).toMatchObject({ complete: true, sealed: expect.any(Number) });
    expect(found!.sealed).toBeGreaterThan(6);
  });

  it.each(['audit_log', 'audit_links', 'audit_seals', 'audit_stubs', 'audit_signing_keys'])(
    '%s can be added to and read, and nothing else',
    async (table) => {
      await restricted!.query(`SELECT FROM ${table} LIMIT 1`);
      for (const statement of [
        `UPDATE ${table} SET account_id = account_id`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table}`,
      ]) {
        await expect(restricted!.query(statement)).rejects.toThrow('permission denied');
      }
      await expect(restricted!.query(`ALTER TABLE ${table} DISABLE TRIGGER ALL`)).rejects.toThrow('must be owner');
    },
  );

  it('nor does it help to say what only retention says', async () => {
    await restricted!.query("BEGIN; SET LOCAL versioner.audit_removal = 'on'");
    await expect(restricted!.query('DELETE FROM audit_log')).rejects.toThrow('permission denied');
    await restricted!.query('ROLLBACK');
  });

  it('the owner’s own hand slips in vain', async () => {
    await expect(owner!.query('DELETE FROM audit_log')).rejects.toThrow(
      'The audit log is append-only: DELETE on audit_log',
    );
  });
});
