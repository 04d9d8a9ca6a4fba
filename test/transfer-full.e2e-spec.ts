import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AdminProcess } from './support/admin-process.js';
import { query } from './support/database-of.js';
import { eventually } from './support/eventually.js';
import { EmptyDatabase } from './support/empty-database.js';
import { runAdmin } from './support/run-admin.js';
import { ServiceProcess } from './support/service-process.js';
import { grownTables, tableOf } from './support/transfer.js';

/** Attempts of which one in twenty is refused; the others become deployments. */
const attempts = 106_000;
const auditEntries = 100_000;
const mostMemory = 300;
const limit = 3_600_000;
const harness = '../bench/harness/past-attempts.mjs';
const adminToken = `pat_default_${'0123456789abcdef'.repeat(2)}`;

const atFullLength = process.env['VERSIONER_TEST_FULL'] === '1' ? describe : describe.skip;

let folder: string;
let source: EmptyDatabase;
let target: EmptyDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'versioner-transfer-'));
  [source, target] = [await EmptyDatabase.create(), await EmptyDatabase.create()];
});
afterAll(async () => {
  await source.drop();
  await target.drop();
  await rm(folder, { recursive: true, force: true });
});

/** The most memory that a process has had so far, in MiB; 0 once it has ended. */
function peakOf(pid: number): number {
  const status = `/proc/${pid}/status`;
  const kib = existsSync(status) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return Math.round(Number(kib ?? 0) / 1024);
}

/** Exports into a file; answers the service's peak. */
async function exportTo(file: string, databaseUrl: string, token: string): Promise<number> {
  const service = await ServiceProcess.start({ DATABASE_URL: databaseUrl, VERSIONER_ADMIN_TOKEN: adminToken });
  try {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(`${service.url}/export`, { headers });
    expect(response.status).toBe(200);
    await pipeline(Readable.fromWeb(response.body as never), createWriteStream(file));
    return peakOf(service.pid);
  } finally {
    await service.stop();
  }
}

/** The audit entries were laid all at once; as they come, each is sealed within a second or two. */
async function sealAll(databaseUrl: string): Promise<void> {
  const service = await ServiceProcess.start({ DATABASE_URL: databaseUrl });
  await eventually(async () => (await query({ databaseUrl }, 'SELECT FROM audit_unsealed LIMIT 1')).length === 0);
  await service.stop();
}

async function* linesOf(file: string): AsyncGenerator<string> {
  yield* createInterface({ input: createReadStream(file), crlfDelay: Infinity });
}

/** A digest of all lines of tables that stay as they are, how many they are, and a digest of each other line of a table. */
async function digest(file: string): Promise<{ still: string; count: number; grown: Set<string> }> {
  const [still, grown] = [createHash('sha256'), new Set<string>()];
  let count = 0;
  for await (const line of linesOf(file)) {
    const table = tableOf(line);
    if (table === '') continue;
    count++;
    if (!grownTables.includes(table)) still.update(`${line}\n`);
    else if (table !== 'audit_unsealed') grown.add(createHash('sha256').update(line).digest('base64'));
  }
  return { still: still.digest('hex'), count, grown };
}

atFullLength('export and import', () => {
  it(
    'carries a large account over and back in little memory',
    async () => {
      const first = join(folder, 'first.jsonl');
      await (await ServiceProcess.start({ DATABASE_URL: source.url, VERSIONER_ADMIN_TOKEN: adminToken })).stop();
      const history = (await import(harness)) as {
        layHistory(databaseUrl: string, options: { attempts: number }): Promise<unknown>;
      };
      await history.layHistory(source.url, { attempts });
      await query(
        { databaseUrl: source.url },
        `INSERT INTO audit_log (account_id, id, at, actor_kind, action, resource_type, resource_id, before, after)
     SELECT a.id, d.id, d.created_at, 'service', 'deployment.started', 'deployment', d.id, NULL, to_jsonb(d)
     FROM accounts a, LATERAL (SELECT * FROM deployments LIMIT ${auditEntries}) AS d`,
      );
      const [{ deployments }] = (await query(
        { databaseUrl: source.url },
        'SELECT count(*)::int AS deployments FROM deployments',
      )) as [{ deployments: number }];
      expect(deployments).toBeGreaterThanOrEqual(100_000);
      await sealAll(source.url);
      const exporting = await exportTo(first, source.url, adminToken);

      expect(await runAdmin({ databaseUrl: target.url }, ['migrate'])).toMatchObject({ code: 0 });
      const run = AdminProcess.start({ databaseUrl: target.url }, ['import', first]);
      let importing = 0;
      const looking = setInterval(() => (importing = Math.max(importing, peakOf(run.pid))), 50);
      const code = await run.ended().finally(() => clearInterval(looking));
      expect([code, run.errors]).toEqual([0, '']);

      const second = join(folder, 'second.jsonl');
      const { stdout: token } = await runAdmin({ databaseUrl: target.url }, ['token', 'issue']);
      await exportTo(second, target.url, token.trim());
      const [before, after] = [await digest(first), await digest(second)];
      expect(after.still).toBe(before.still);
      expect([...before.grown].filter((line) => !after.grown.has(line))).toEqual([]);

      process.stdout.write(
        `${deployments} deployments, ${before.count} lines: exported within ${exporting} MiB, imported within ${importing} MiB\n`,
      );
      expect(exporting).toBeLessThan(mostMemory);
      expect(importing).toBeLessThan(mostMemory);
      expect(importing).toBeGreaterThan(0);
    },
    limit,
  );
});
