import { openCluster } from './harness/cluster.mjs';
import { send } from './harness/load.mjs';
import { connectedStreams } from './harness/paced-load.mjs';
import { memoryOf, sampleMemory, slopePerHour } from './harness/process-memory.mjs';
import { createTemplate, startVersioner } from './harness/services.mjs';
import { printTable, spread } from './harness/statistics.mjs';

export const summary = 'resident memory of the service while it takes a million events, and its slope';
export const defaults = { events: 1_000_000, connections: 16 };

const template = 'bench_template';
const targetMib = 256;
/** Sent at once: what the generator remembers of them is bounded by it. */
const chunk = 10_000;

export async function run({ events, connections }) {
  const cluster = await openCluster();
  try {
    await createTemplate(cluster, template);
    const service = await startVersioner(await cluster.createDatabase('bench_leg', template));
    try {
      return print(await measure(service, events, connections));
    } finally {
      await service.stop();
    }
  } finally {
    await cluster.dropDatabase('bench_leg');
    await cluster.dropDatabase(template);
    await cluster.stop();
  }
}

async function measure(service, events, connections) {
  const idle = memoryOf(service.pid).resident;
  const streams = connectedStreams(connections);
  let errors = 0;
  const began = performance.now();
  const samples = await sampleMemory(service.pid, async () => {
    for (let sent = 0; sent < events; sent += chunk) {
      const amount = Math.min(chunk, events - sent);
      errors += (await send({ url: service.url, streams, amount })).errors;
      if ((sent / chunk) % 5 === 4) tell(sent + amount, service.pid);
    }
  });
  const seconds = (performance.now() - began) / 1000;
  return { idle_mib: idle, highest_mib: memoryOf(service.pid).highest, errors, events, seconds, samples };
}

function tell(sent, pid) {
  console.log(`  ${sent} events: ${memoryOf(pid).resident.toFixed(0)} MiB`);
}

/** The first quarter is left out of the slope: code is compiled and caches are filled then. */
function print(measured) {
  const { samples, idle_mib: idle, highest_mib: highest, seconds, events, errors } = measured;
  const steady = samples.slice(Math.floor(samples.length / 4));
  const slope = slopePerHour(steady);
  const last = spread(samples.slice(Math.floor(samples.length * 0.9)).map(({ mib }) => mib));
  const mib = (value) => `${value.toFixed(0)} MiB`;
  const slopeWords = slope === null ? 'too few samples' : `${slope.slope.toFixed(1)} ± ${(2 * slope.error).toFixed(1)}`;
  printTable([
    ['', 'measured', 'to reach'],
    ['before the first event', mib(idle), ''],
    ['median of the last tenth', mib(last.median), `≤ ${targetMib} MiB`],
    ['highest', mib(highest), `≤ ${targetMib} MiB`],
    ['slope, MiB per hour', slopeWords, '0 within noise'],
    ['events a second', (events / seconds).toFixed(0), ''],
    ['errors', String(errors), '0'],
  ]);
  return { ...measured, last_tenth_mib: last, slope_mib_per_hour: slope };
}
