import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startVersioner } from '../src/testing/start-versioner.js';
import { createTestDatabase, dropTestDatabase } from '../src/testing/test-database.js';
import { exportedTables, leftOutTables } from '../src/transfer/exported-tables.js';
import { importAccount } from '../src/transfer/import-account.js';
import { createAccount } from './support/create-account.js';
import { createPerson } from './support/create-person.js';
import { query } from './support/database-of.js';
import { eventually } from './support/eventually.js';
import { Pipeline } from './support/pipeline.js';
import { Retaining } from './support/retaining.js';
import { runAdmin } from './support/run-admin.js';
import { exportedColumns, fillAccount, grownTables, tableOf } from './support/transfer.js';
import { useVersioner } from './support/use-versioner.js';
import { withoutSealing } from './support/without-sealing.js';
import { onEach } from './support/replicas.js';

const limit = 240_000;

/** An export in its lines, each without its end. */
const linesOf = (text: string) => text.split('\n').slice(0, -1);
const parsed = (line: string | undefined) => JSON.parse(line ?? '') as Record<string, unknown>;
const chunks = (text: string) =>
  (async function* () {
    // Lines lie across the pieces of a file.
    for (let i = 0; i < text.length; i += 1_000) yield Buffer.from(text.slice(i, i + 1_000));
  })();

describe('export and import', () => {
  const bed = useVersioner();
  const cluster = process.env['DATABASE_URL'] ?? '';
  const targets: string[] = [];
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'versioner-transfer-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    for (const url of targets) await dropTestDatabase(cluster, url);
  });

  async function newTarget(): Promise<string> {
    const url = await createTestDatabase(cluster);
    targets.push(url);
    return url;
  }

  async function exported(by: Pipeline = bed.admin): Promise<string> {
    const { status, body, headers } = await by.get('/export');
    expect([status, headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    return body as string;
  }

  it(
    'carries an account to another service, which exports it the same',
    async () => {
      const retaining = Retaining.on(bed);
      await fillAccount(bed);
      await retaining.sealer.sealAll();
      await retaining.removeSealedEntries();
      bed.clock.advance(1_000);
      await bed.admin.patch('/account/', { time_zone: 'Europe/Paris' });
      await retaining.sealer.sealAll();
      await retaining.close();
      const first = await withoutSealing(bed.versioner, async () => {
        // This one is not sealed yet.
        await bed.admin.patch('/account/', { time_zone: 'Europe/Rome' });
        return exported();
      });
      const tables = new Set(linesOf(first).map(tableOf));
      expect(exportedTables.map(({ name }) => name).filter((name) => !tables.has(name))).toEqual([]);

      const file = join(folder, 'account.jsonl');
      await writeFile(file, first);
      const databaseUrl = await newTarget();
      const imported = await runAdmin({ databaseUrl }, ['import', file]);
      expect(imported).toMatchObject({ code: 0, stderr: '' });
      expect(imported.stdout).toMatch(/^Imported the account "default" as it was at \S+:\n {2}accounts +1\n/);
      expect(imported.stdout).toContain('npm run admin -- token issue --account default');

      const { stdout: token } = await runAdmin({ databaseUrl }, ['token', 'issue']);
      const other = await startVersioner({ join: { ...bed.versioner, databaseUrl, adminToken: token.trim() } });
      try {
        const admin = new Pipeline(other.url, token.trim());
        const second = await exported(admin);
        expectEqualButForWhatGrew(first, second);
        expect((await admin.get('/audit-log/verify')).body).toMatchObject({ complete: true });
        // What was a secret there opens nothing here.
        expect((await new Pipeline(other.url, bed.versioner.adminToken).get('/me')).status).toBe(401);
        expect(
          (await new Pipeline(other.url, bed.versioner.apiKey).deploy({ product_name: 'oil', version: '9' })).status,
        ).toBe(401);
      } finally {
        await other.stop();
      }
    },
    limit,
  );

  /** All lines but the first and the last; of the tables that grow, each line of the first must be there. */
  function expectEqualButForWhatGrew(first: string, second: string): void {
    const rows = (text: string) => linesOf(text).slice(1, -1);
    const still = (text: string) => rows(text).filter((line) => !grownTables.includes(tableOf(line)));
    expect(still(second)).toEqual(still(first));
    const there = new Set(rows(second));
    // What was not sealed yet may have been since.
    expect(rows(first).filter((line) => !there.has(line) && tableOf(line) !== 'audit_unsealed')).toEqual([]);
    const { exported_at: _, ...head } = parsed(linesOf(first)[0]);
    expect(parsed(linesOf(second)[0])).toMatchObject(head);
  }

  it('begins with a header and ends with counts and a checksum', async () => {
    await bed.report({ status: 'completed' });
    const lines = linesOf(await exported());
    const rest = lines.slice(0, -1).map((line) => `${line}\n`);
    expect(parsed(lines[0])).toMatchObject({
      format: 'versioner-export',
      version: 1,
      account: { id: expect.any(String), slug: 'default' },
      tables: exportedTables.map(({ name }) => ({ name, columns: expect.any(Array) })),
    });
    const rows = Object.fromEntries(
      exportedTables.map(({ name }) => [name, lines.filter((line) => tableOf(line) === name).length]),
    );
    expect(parsed(lines.at(-1))).toEqual({
      end: 'versioner-export',
      rows,
      sha256: createHash('sha256').update(rest.join('')).digest('hex'),
    });
    expect(rows).toMatchObject({ accounts: 1, deployments: 1, audit_log: expect.any(Number) });
  });

  it('names every table of an account, or says why it does not', async () => {
    const tables = await bed.rows(
      `SELECT DISTINCT table_name AS name FROM information_schema.columns
       WHERE table_schema = current_schema() AND column_name = 'account_id'`,
    );
    const known = [...exportedTables.map(({ name }) => name), ...Object.keys(leftOutTables)];
    expect(new Set(['accounts', ...tables.map(({ name }) => name)])).toEqual(new Set(known));
  });

  it('holds no secret and no hash of one', async () => {
    await fillAccount(bed);
    await (async (retaining) => {
      await retaining.sealer.sealAll();
      await retaining.close();
    })(Retaining.on(bed));
    const columns = (await exportedColumns(bed)).filter(([, column]) => /secret|private|password|hash/.test(column));
    expect(columns).toEqual([
      ['audit_links', 'entry_hash'],
      ['audit_links', 'hash'],
      ['audit_seals', 'hash'],
      ['audit_stubs', 'previous_hash'],
      ['audit_stubs', 'hash'],
    ]);
    const text = await exported();
    const secrets = await bed.rows(
      `SELECT encode(secret_hash, 'hex') AS hex FROM api_keys UNION ALL SELECT encode(secret_hash, 'hex') FROM personal_access_tokens
       UNION ALL SELECT encode(secret_hash, 'hex') FROM feed_tokens UNION ALL SELECT encode(secret_hash, 'hex') FROM invitations
       UNION ALL SELECT encode(private_key, 'hex') FROM audit_signing_keys`,
    );
    expect(secrets.length).toBeGreaterThan(5);
    for (const secret of [...secrets.map(({ hex }) => String(hex)), bed.versioner.adminToken, bed.versioner.apiKey]) {
      expect(text).not.toContain(secret);
    }
  });

  it('holds nothing of another account', async () => {
    const stranger = new Pipeline(bed.versioner.url, (await createAccount(bed.versioner, 'other')).adminToken);
    await bed.report({ status: 'completed' });
    await stranger.post('/deployment-rules/', { name: 'theirs', type: 'cooldown', config: { minutes: 120 } });
    expect(await exported()).not.toContain('theirs');
    const theirs = await exported(stranger);
    expect(theirs).toContain('theirs');
    expect(theirs).not.toContain('my-service');
  });

  it('is for admins, and audited', async () => {
    for (const role of ['release_manager', 'compliance', 'viewer']) {
      const { token } = await createPerson(bed.versioner, role);
      expect((await new Pipeline(bed.versioner.url, token).get('/export')).status).toBe(403);
    }
    expect((await bed.pipeline.get('/export')).status).toBe(403);
    await exported();
    expect(await bed.rows("SELECT actor_kind, after FROM audit_log WHERE action = 'account.exported'")).toEqual([
      { actor_kind: 'user', after: { format: 'versioner-export', version: 1 } },
    ]);
  });

  it('is of one instant, whatever arrives meanwhile', async () => {
    const end = new AbortController();
    const sending = (async () => {
      for (let i = 0; !end.signal.aborted; i++) {
        await bed.report({ version: `1.${i}`, product_name: `service-${i % 7}`, status: 'started' });
        await bed.report({ version: `1.${i}`, product_name: `service-${i % 7}`, status: 'completed' });
      }
    })();
    await eventually(async () => Number((await bed.rows('SELECT count(*) AS n FROM deployments'))[0]?.['n']) > 20);
    const text = await exported();
    end.abort();
    await sending;
    // Nothing refers to what is not there: every reference between tables is checked by the database.
    const databaseUrl = await newTarget();
    await importAccount(databaseUrl, chunks(text), null);
    const [row] = await query<{ n: number }>(
      { databaseUrl },
      `SELECT count(*)::int AS n FROM deployments d WHERE NOT EXISTS (
         SELECT FROM deployment_events e WHERE e.deployment_id = d.id AND e.status = 'started')`,
    );
    expect(row?.n).toBe(0);
  });

  describe('refuses', () => {
    const isEmpty = async (databaseUrl: string) =>
      (await query({ databaseUrl }, 'SELECT FROM accounts UNION ALL SELECT FROM users')).length === 0;

    it.each<[string, (text: string) => string, RegExp]>([
      ['a file that was cut off', (text) => text.slice(0, text.length * 0.6), /it was cut off|was changed/],
      ['a file without its last line', (text) => `${linesOf(text).slice(0, -1).join('\n')}\n`, /it was cut off/],
      ['a file that was edited', (text) => text.replace('"my-service"', '"our-service"'), /The checksum of the file/],
      [
        'a file with a line less',
        (text) => text.replace(/\{"table":"version_shas.*\n|\{"table":"builds.*\n|\{"table":"user_roles.*\n/, ''),
        /The checksum of the file/,
      ],
      ['two files in one', (text) => text + text, /comes after the last line/],
      ['what is no export', () => '{"hello": "world"}\n', /not an export/],
      ['nothing', () => '', /not an export/],
      [
        'another format',
        (text) => text.replace('"version":1', '"version":2'),
        /format version 2.* import it with release/,
      ],
      [
        'a column of a newer release',
        (text) => text.replace('"columns":["slug"', '"columns":["mood","slug"'),
        /"mood", which this release does not know/,
      ],
    ])('%s, and changes nothing', async (_, change, message) => {
      await bed.report({ status: 'completed' });
      const databaseUrl = await newTarget();
      await expect(importAccount(databaseUrl, chunks(change(await exported())), null)).rejects.toThrow(message);
      expect(await isEmpty(databaseUrl)).toBe(true);
    });

    it('an account that is there already, by its id and by its slug', async () => {
      const text = await exported();
      const here = bed.versioner.databaseUrl;
      await expect(importAccount(here, chunks(text), null)).rejects.toThrow(
        'The account is here already, as "default"',
      );
      const databaseUrl = await newTarget();
      await createAccount({ databaseUrl }, 'default');
      await expect(importAccount(databaseUrl, chunks(text), null)).rejects.toThrow('another account "default" here');
      expect((await importAccount(databaseUrl, chunks(text), 'renamed')).slug).toBe('renamed');
      expect(await query({ databaseUrl }, 'SELECT slug FROM accounts ORDER BY slug')).toEqual([
        { slug: 'default' },
        { slug: 'renamed' },
      ]);
    });

    it('a second export of the account at a time; one that hangs up makes room, and none takes another account’s place', async () => {
      // Enough that it does not fit into what lies between the service and a client that does not read.
      await bed.report({ status: 'completed' });
      await bed.rows(
        `INSERT INTO deployment_events (account_id, id, deployment_id, version_id, environment_id, type, status, payload, received_at)
         SELECT account_id, gen_random_uuid(), id, version_id, environment_id, 'deployment.started', 'started',
           jsonb_build_object('x', repeat(md5(n::text), 300)), now() FROM deployments, generate_series(1, 4000) AS n`,
      );
      const ask = async (token = bed.versioner.adminToken) => {
        const stop = new AbortController();
        const headers = { Authorization: `Bearer ${token}` };
        const { status } = await fetch(`${bed.versioner.url}/export`, { headers, signal: stop.signal });
        return { status, stop };
      };
      const { adminToken } = await createAccount(bed.versioner, 'another');
      // One in each process.
      const mine = await onEach(ask);
      expect(new Set(mine.map(({ status }) => status))).toEqual(new Set([200]));
      const [two, other] = [await ask(), await ask(adminToken)];
      expect([two.status, other.status]).toEqual([503, 200]);
      for (const { stop } of mine) stop.abort();
      other.stop.abort();
      await eventually(async () => {
        const again = await ask();
        again.stop.abort();
        return again.status === 200;
      });
      const connections =
        "SELECT FROM pg_stat_activity WHERE application_name = 'versioner export' AND datname = current_database()";
      await eventually(async () => (await bed.rows(connections)).length === 0);
    });
  });
});
