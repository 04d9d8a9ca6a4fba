import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCluster } from './harness/cluster.mjs';
import { measureEvents } from './harness/load.mjs';
import { createTemplate, startVersioner } from './harness/services.mjs';
import { printTable } from './harness/statistics.mjs';

export const summary = "where the service's share of an event goes, by V8's sampling profiler";
/** `top`: functions that are shown on their own. */
export const defaults = { connections: 16, seconds: 15, top: 15 };

const template = 'bench_template';
const samplingMicroseconds = 250;
const nothing = '(idle)';

/** What a sample counts as: the first of these that its innermost own or imported function is a part of. */
const parts = [
  ['sealing the audit log', /dist\/audit\/|@prisma|adapter-pg/],
  ['log', /dist\/common\/logging|node_modules\/(pino|sonic-boom|quick-format)|node:fs/],
  ['authentication, permissions, rate limit', /dist\/auth\/|dist\/common\/caches|@nestjs\/throttler/],
  ['validation', /dist\/common\/validation|class-validator|class-transformer/],
  ['database driver and rows', /dist\/database\/|\.repository\.js|node_modules\/(pg|pg-|postgres)/],
  [
    'decision and plan of the event',
    /dist\/(deployments|preflight|catalog|rules|approvals)\/|dist\/common\/batch|node_modules\/uuid/,
  ],
  ['HTTP, Express and Nest', /node:_http|node:net|node:internal\/streams|node_modules|dist\//],
];

export async function run({ connections, seconds, top }) {
  const folder = mkdtempSync(join(tmpdir(), 'versioner-profile-'));
  const cluster = await openCluster();
  try {
    await createTemplate(cluster, template);
    const database = await cluster.createDatabase('bench_leg', template);
    const nodeOptions = ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${samplingMicroseconds}`];
    const service = await startVersioner(database, { nodeOptions });
    const databasePid = await cluster.processId();
    const measured = await measureEvents({ service, database, databasePid, connections, seconds }).finally(
      service.stop,
    );
    const [file] = readdirSync(folder);
    return print(summarize(JSON.parse(readFileSync(join(folder, file), 'utf8')), seconds), measured, top);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await cluster.dropDatabase('bench_leg');
    await cluster.dropDatabase(template);
    await cluster.stop();
  }
}

/** Shares of the samples of the last seconds, without those in which nothing was done. */
function summarize({ nodes, samples, timeDeltas }, seconds) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const { id, children = [] } of nodes) for (const child of children) byId.get(child).parent = id;
  const counted = { parts: {}, functions: {} };
  let [left, total] = [seconds * 1_000_000, 0];
  for (let i = samples.length - 1; i >= 0 && left > 0; i--) {
    left -= timeDeltas[i];
    const node = byId.get(samples[i]);
    if (node.callFrame.functionName === nothing) continue;
    total += timeDeltas[i];
    add(counted.parts, partOf(node, byId), timeDeltas[i]);
    add(counted.functions, nameOf(node), timeDeltas[i]);
  }
  const shares = (of) => Object.entries(of).map(([name, time]) => ({ name, share: time / total }));
  const sorted = (of) => shares(of).toSorted((a, b) => b.share - a.share);
  return { parts: sorted(counted.parts), functions: sorted(counted.functions) };
}

function add(sums, name, amount) {
  sums[name] = (sums[name] ?? 0) + amount;
}

/** Built-in functions belong to whoever called them. */
function partOf(node, byId) {
  const { functionName } = node.callFrame;
  if (functionName === '(garbage collector)') return 'garbage collection';
  for (let at = node; at !== undefined; at = byId.get(at.parent)) {
    const part = parts.find(([, pattern]) => pattern.test(at.callFrame.url));
    if (part !== undefined) return part[0];
  }
  return 'event loop, system calls and the rest';
}

function nameOf({ callFrame: { functionName, url, lineNumber } }) {
  const file = url.replace(/^.*\/(dist|node_modules)\//, '$1/');
  return `${functionName || '(anonymous)'}${file === '' ? '' : ` ${file}:${lineNumber + 1}`}`;
}

function print(profile, measured, top) {
  const each = (share) => String(Math.round(share * measured.service_cpu_ms * 1000));
  const percent = (share) => `${(share * 100).toFixed(1)} %`;
  console.log(`  ${measured.requests_per_second.toFixed(0)} events a second, the profiler running\n`);
  printTable([
    ['', 'share', 'µs per event'],
    ...profile.parts.map(({ name, share }) => [name, percent(share), each(share)]),
  ]);
  const functions = profile.functions.slice(0, top);
  console.log('');
  printTable([['function', 'share of its own'], ...functions.map(({ name, share }) => [name, percent(share)])]);
  return { measured, ...profile, functions };
}
