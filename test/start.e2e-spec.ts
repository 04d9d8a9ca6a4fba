import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { query } from './support/database-of.js';
import { EmptyDatabase } from './support/empty-database.js';
import { eventually } from './support/eventually.js';
import { Pipeline } from './support/pipeline.js';
import { ServiceProcess } from './support/service-process.js';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of the service to its end, with these variables and no others. */
async function runToEnd(file: string, words: string[], env: Record<string, string>): Promise<Ended> {
  const options = { cwd: root, env: { PATH: process.env['PATH'], LOG_FORMAT: 'json', ...env } };
  return run(process.execPath, [join('dist', file), ...words], options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
  );
}

interface Call {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** What a shell makes of a line that begins with `curl`, as the request that curl would send. */
async function readCurl(line: string): Promise<Call> {
  const show = `curl() { "${process.execPath}" -e 'console.log(JSON.stringify(process.argv.slice(1)))' -- "$@"; }`;
  const { stdout } = await run('/bin/sh', ['-c', `${show}\n${line}`]);
  const words = JSON.parse(stdout) as string[];
  const after = (option: string) => words.flatMap((word, i) => (word === option ? [words[i + 1] ?? ''] : []));
  return {
    url: words.find((word) => word.startsWith('http')) ?? '',
    method: after('-X')[0] ?? 'GET',
    headers: Object.fromEntries(after('-H').map((header) => header.split(': ') as [string, string])),
    body: after('-d')[0],
  };
}

async function send({ url, ...call }: Call): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, call);
  return { status: response.status, body: await response.json() };
}

describe('on the embedded database', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'versioner-start-'));
  const env = { VERSIONER_DATA_DIR: dataDir };
  const cluster = join(dataDir, 'postgres/cluster');
  const serverPid = () => Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);
  let service: ServiceProcess;
  let report: string;
  let read: string;
  let firstId: unknown;

  beforeAll(async () => {
    service = await ServiceProcess.start(env);
    [report = '', read = ''] = service.output.split('\n').filter((line) => line.startsWith('curl '));
  }, 60_000);

  afterAll(async () => {
    await service?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  /** The same request, wherever the service listens now. */
  const sendAgain = async (line: string) => {
    const call = await readCurl(line);
    return send({ ...call, url: service.url + new URL(call.url).pathname });
  };

  it('the first start prints two lines to paste: one reports a deployment, one shows it', async () => {
    const first = await send(await readCurl(report));
    expect(first.status).toBe(201);
    const second = await send(await readCurl(report));
    expect(second.status).toBe(200);
    firstId = (first.body as { id: string }).id;
    expect(second.body).toMatchObject({ id: firstId, product_name: 'my-service', version: '1.0.0' });
    expect(await send(await readCurl(read))).toMatchObject({ status: 200, body: [{ product_name: 'my-service' }] });
  });

  it('the secrets are not in the log', () => {
    const secrets = [...service.output.matchAll(/(?:sk|pat)_default_[\w-]+/g)].map(([secret]) => secret);
    expect(new Set(secrets).size).toBe(2);
    const log = JSON.stringify(service.log);
    for (const secret of secrets) expect(log).not.toContain(secret);
  });

  it('keeps the password to itself, and text in UTF-8', async () => {
    expect(statSync(join(cluster, 'password')).mode & 0o777).toBe(0o600);
    const settings = readFileSync(join(cluster, 'pg_hba.conf'), 'utf8').split('\n');
    const methods = settings.filter((line) => /^(local|host)/.test(line)).map((line) => line.split(/\s+/).at(-1));
    expect(new Set(methods)).toEqual(new Set(['scram-sha-256']));
    const { body } = await new Pipeline(
      service.url,
      (await readCurl(report)).headers['Authorization']?.slice(7) ?? '',
    ).deploy({
      product_name: 'Größe ✓ 漢字',
      version: '1',
    });
    expect(body).toMatchObject({ product_name: 'Größe ✓ 漢字' });
  });

  it('answers the operator while it runs', async () => {
    const status = await runToEnd('admin/main.js', ['status'], env);
    expect(status.stdout).toContain(`embedded, in ${cluster}, running as process ${serverPid()}`);
    expect(status.stdout).toContain('Accounts  default');
    const issued = await runToEnd('admin/main.js', ['token', 'issue', '--days', '1'], env);
    expect(issued.stdout).toMatch(/^pat_default_[0-9A-Za-z]{40}\n$/);
    const created = await runToEnd('admin/main.js', ['account', 'create', 'acme'], env);
    const token = /pat_acme_\w+/.exec(created.stdout)?.[0] ?? '';
    // Another account sees nothing of the first.
    expect((await new Pipeline(service.url, token).get('/products/')).body).toEqual([]);
    const admin = new Pipeline(service.url, issued.stdout.trim());
    expect((await admin.get('/products/')).body).toHaveLength(2);
  });

  it('a second service on the folder says so in one line and stops', async () => {
    const { code, stdout, stderr } = await runToEnd('main.js', [], { ...env, PORT: '0' });
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: `versioner: VERSIONER_DATA_DIR: another service already uses ${dataDir}; stop it, or choose another folder.\n`,
    });
  }, 30_000);

  it('a database that is killed is started again', async () => {
    const before = serverPid();
    process.kill(before, 'SIGKILL');
    await eventually(() => existsSync(join(cluster, 'postmaster.pid')) && serverPid() !== before);
    await eventually(async () => (await sendAgain(report)).status === 200);
    expect((await sendAgain(report)).body).toMatchObject({ id: firstId });
  }, 60_000);

  it('a service that is killed leaves its database to the next one, which shows no secret', async () => {
    const before = serverPid();
    service.signal('SIGKILL');
    await service.ended();
    service = await ServiceProcess.start(env);
    expect(serverPid()).toBe(before);
    expect(service.output).not.toMatch(/sk_|pat_/);
    expect(await sendAgain(report)).toMatchObject({ status: 200, body: { id: firstId } });
  }, 60_000);

  it('both killed, the next start recovers', async () => {
    service.signal('SIGKILL');
    process.kill(serverPid(), 'SIGKILL');
    await service.ended();
    service = await ServiceProcess.start(env);
    expect(await sendAgain(report)).toMatchObject({ status: 200, body: { id: firstId } });
  }, 60_000);

  it('ends with its database', async () => {
    service.signal('SIGTERM');
    expect(await service.ended()).toBe(0);
    expect(existsSync(join(cluster, 'postmaster.pid'))).toBe(false);
    expect((await runToEnd('admin/main.js', ['account', 'list'], env)).stdout).toMatch(/^acme .*\ndefault .*\n$/);
    expect(existsSync(join(cluster, 'postmaster.pid'))).toBe(false);
  }, 60_000);
});

describe('on a database of the operator', () => {
  let database: EmptyDatabase;
  beforeAll(async () => {
    database = await EmptyDatabase.create();
  });
  afterAll(async () => database.drop());

  it('replicas that start together make one account, and print nothing secret', async () => {
    const replicas = await Promise.all([1, 2, 3].map(() => ServiceProcess.start({ DATABASE_URL: database.url })));
    await Promise.all(replicas.map((replica) => replica.stop()));
    const output = replicas.map((replica) => replica.output).join('');
    expect(output.match(/Created the account "default"/g)).toHaveLength(1);
    expect(output).not.toMatch(/(sk|pat)_default_/);
    const [counts] = await query(
      { databaseUrl: database.url },
      `SELECT (SELECT count(*)::int FROM accounts) AS accounts, (SELECT count(*)::int FROM users) AS users,
         (SELECT count(*)::int FROM personal_access_tokens) + (SELECT count(*)::int FROM api_keys) AS secrets,
         (SELECT count(*)::int FROM audit_log) AS audited`,
    );
    expect(counts).toEqual({ accounts: 1, users: 1, secrets: 0, audited: 2 });
    const { stdout } = await runToEnd('admin/main.js', ['token', 'issue'], { DATABASE_URL: database.url });
    expect(stdout).toMatch(/^pat_default_[0-9A-Za-z]{40}\n$/);
  }, 90_000);
});

describe('what cannot be started ends with one line and a code that is not zero', () => {
  it('a variable with a wrong value', async () => {
    expect(await runToEnd('main.js', [], { PORT: 'http' })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'versioner: PORT: the value "http" is not a whole number; allowed: a whole number from 0 to 65535.\n',
    });
  });

  it('a database that is not there', async () => {
    const url = new URL(process.env['DATABASE_URL'] ?? '');
    url.pathname = '/no_such_database';
    const { code, stderr } = await runToEnd('main.js', [], { DATABASE_URL: url.href });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'versioner: DATABASE_URL: database "no_such_database" does not exist.\n',
    });
  });

  it('a port that is taken', async () => {
    const database = await EmptyDatabase.create();
    const rival = createServer().listen(0, '127.0.0.1');
    await once(rival, 'listening');
    const { port } = rival.address() as AddressInfo;
    const env = { DATABASE_URL: database.url, HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'silent' };
    const { code, stderr } = await runToEnd('main.js', [], env);
    rival.close();
    await database.drop();
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `versioner: PORT: ${port} is in use by another program; choose another.\n`,
    });
  }, 30_000);
});
