import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import { endedWithBench } from './ended-with-bench.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const startTimeoutMs = 30_000;
const stopTimeoutMs = 20_000;

/** The key that every measured service accepts: the template database is made with it. */
export const apiKey = `sk_default_bench_${'0123456789abcdefABCDEF'.repeat(2)}`;

/**
 * The service as people run it, all features on. The rate limit is far above what is sent, so that it is evaluated and
 * never met; the log is JSON and goes to a file.
 */
export async function startVersioner(databaseUrl, { nodeOptions = [], env = {} } = {}) {
  return start([...nodeOptions, join(root, 'dist/main.js')], {
    DATABASE_URL: databaseUrl,
    VERSIONER_API_KEY: apiKey,
    RATE_LIMIT_PER_MINUTE: '1000000',
    LOG_FORMAT: 'json',
    LOG_LEVEL: 'info',
    ...env,
  });
}

/** The same work by hand: see bench/floor/service.mjs. */
export async function startFloor(databaseUrl, { env = {} } = {}) {
  return start([join(root, 'bench/floor/service.mjs')], { DATABASE_URL: databaseUrl, ...env });
}

/** What most teams would write: bench/plain/service.ts, compiled beside the results. */
export async function startPlain(databaseUrl, { env = {} } = {}) {
  const { $schema: _, ...settings } = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8'));
  const filename = join(root, 'bench/plain/service.ts');
  const { code } = transformSync(readFileSync(filename, 'utf8'), { ...settings, filename, swcrc: false });
  const compiled = join(root, 'bench/results/plain-service.js');
  mkdirSync(dirname(compiled), { recursive: true });
  writeFileSync(compiled, code.replaceAll('../../src/', '../../dist/'));
  return start([compiled], { DATABASE_URL: databaseUrl, ...env });
}

/** The token of the template's admin. */
export const adminToken = `pat_default_${'0123456789abcdefABCDEF'.repeat(2)}`;

/**
 * Makes a database as the service leaves it after its first start, with the account and its key: legs copy it.
 * @param prepare what else is to be in it, made over REST
 */
export async function createTemplate(cluster, name, prepare = async () => undefined) {
  const env = { VERSIONER_ADMIN_TOKEN: adminToken };
  const service = await startVersioner(await cluster.createDatabase(name), { env });
  try {
    await prepare(service);
  } finally {
    await service.stop();
  }
}

/**
 * One leg: a service, started on a copy of a template of its own, and what `measure` makes of it.
 * @param begin starts the service on a database @param measure is handed the service, its database and the database's process
 */
export async function onCopy(cluster, template, begin, measure) {
  const database = await cluster.createDatabase('bench_leg', template);
  const service = await begin(database);
  try {
    return await measure({ service, database, databasePid: await cluster.processId() });
  } finally {
    await service.stop();
    await cluster.dropDatabase('bench_leg');
  }
}

async function start(args, env) {
  const folder = mkdtempSync(join(tmpdir(), 'versioner-bench-'));
  const logFile = join(folder, 'service.log');
  const log = openSync(logFile, 'a');
  const port = await freePort();
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', HOST: '127.0.0.1', PORT: String(port), ...env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = `http://127.0.0.1:${port}`;
  const stop = endedWithBench(async () => {
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await ended;
    clearTimeout(patience);
    rmSync(folder, { recursive: true, force: true });
  });
  try {
    await untilReady(url, child);
  } catch (error) {
    const words = readFileSync(logFile, 'utf8').slice(-2000);
    await stop();
    throw new Error(`${args.at(-1)} did not start: ${words || error.message}`, { cause: error });
  }
  return { url, pid: child.pid, folder, stop };
}

async function untilReady(url, child) {
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
    const ready = await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await sleep(20);
  }
  throw new Error(`it was not ready within ${startTimeoutMs / 1000} s`);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
