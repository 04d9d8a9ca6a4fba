import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openCluster } from './harness/cluster.mjs';
import { printTable, shown, spread } from './harness/statistics.mjs';

export const summary = 'how long a first start, a next start and a start inside a test suite take';
export const defaults = { rounds: 5 };

const root = fileURLToPath(new URL('../', import.meta.url));
const targets = { 'first start, embedded': 4, 'next start, embedded': 2, 'in a test suite, on a running database': 1 };

export async function run({ rounds }) {
  const seconds = Object.fromEntries(Object.keys(targets).map((name) => [name, []]));
  const cluster = await openCluster();
  try {
    // The first in a process also loads the modules; a suite pays that once.
    const { startVersioner } = await import('../dist/testing/start-versioner.js');
    await (await startVersioner({ databaseUrl: cluster.url })).stop();
    for (let round = 1; round <= rounds; round++) {
      const folder = mkdtempSync(join(tmpdir(), 'versioner-bench-'));
      seconds['first start, embedded'].push(await untilReady(folder));
      seconds['next start, embedded'].push(await untilReady(folder));
      rmSync(folder, { recursive: true, force: true });
      const began = performance.now();
      const versioner = await startVersioner({ databaseUrl: cluster.url });
      seconds['in a test suite, on a running database'].push((performance.now() - began) / 1000);
      await versioner.stop();
      console.log(`  ${round}/${rounds}`);
    }
  } finally {
    await cluster.stop();
  }
  console.log('\nmedian (minimum…maximum)');
  printTable([
    ['', 'seconds', 'to reach'],
    ...Object.entries(targets).map(([name, target]) => [name, shown(spread(seconds[name])), `≤ ${target}`]),
  ]);
  return { seconds };
}

/** From the start of the process to the line that says it is ready. */
async function untilReady(folder) {
  const began = performance.now();
  const child = spawn(process.execPath, [join(root, 'dist/main.js')], {
    cwd: folder,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', HOST: '127.0.0.1', PORT: '0', LOG_FORMAT: 'json' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let said = '';
  for await (const words of child.stdout) {
    said += words;
    if (said.includes('"Ready at ')) break;
  }
  const seconds = (performance.now() - began) / 1000;
  child.kill('SIGTERM');
  await ended;
  if (!said.includes('"Ready at ')) throw new Error(`It did not start: ${said.slice(-2000)}`);
  return seconds;
}
