import { openCluster } from './harness/cluster.mjs';
import { PacedLoad } from './harness/paced-load.mjs';
import { memoryOf, sampleMemory, slopePerHour } from './harness/process-memory.mjs';
import { createTemplate, startVersioner } from './harness/services.mjs';
import { printTable } from './harness/statistics.mjs';
import { halfTopRate } from './harness/top-rate.mjs';

export const summary = 'an hour at half of the top rate: latency minute by minute, memory and errors';
/** `rate`: events a second; 0 measures the top rate first and takes half of it. */
export const defaults = { minutes: 60, rate: 0 };

const template = 'bench_template';

export async function run({ minutes, rate: given }) {
  const cluster = await openCluster();
  try {
    await createTemplate(cluster, template);
    const url = await cluster.createDatabase('bench_leg', template);
    const service = await startVersioner(url);
    try {
      const rate = await halfTopRate(service, url, given);
      return print(await soak(cluster, service, minutes, rate));
    } finally {
      await service.stop();
    }
  } finally {
    await cluster.dropDatabase('bench_leg');
    await cluster.dropDatabase(template);
    await cluster.stop();
  }
}

async function soak(cluster, service, minutes, rate) {
  const load = new PacedLoad({ url: service.url, rate });
  const rows = [];
  try {
    await load.run(5);
    load.take();
    const samples = await sampleMemory(service.pid, async () => {
      for (let minute = 1; minute <= minutes; minute++) {
        await load.run(60);
        const counted = 'SELECT count(*)::int AS entries FROM audit_unsealed';
        const [{ entries }] = await cluster.query(counted, { database: 'bench_leg' });
        const resident = memoryOf(service.pid)?.resident ?? NaN;
        rows.push({ minute, ...load.take(), resident_mib: resident, unsealed_entries: entries });
        tell(rows.at(-1));
      }
    });
    return { rate, minutes: rows, samples };
  } finally {
    load.close();
  }
}

const ms = (value) => (value === null ? '-' : value.toFixed(1));

function tell({ minute, answered, p99_ms: p99, errors, resident_mib: mib }) {
  console.log(`  minute ${minute}: ${answered} events, p99 ${ms(p99)} ms, ${errors} errors, ${mib.toFixed(0)} MiB`);
}

function print(measured) {
  const { minutes, samples } = measured;
  printTable([
    ['minute', 'events', 'p50, ms', 'p99, ms', 'longest, ms', 'memory, MiB', 'not yet sealed', 'errors'],
    ...minutes.map((row) => [
      String(row.minute),
      String(row.answered),
      ms(row.p50_ms),
      ms(row.p99_ms),
      ms(row.max_ms),
      row.resident_mib.toFixed(0),
      String(row.unsealed_entries),
      row.errors === 0 ? '0' : `${row.errors} ${JSON.stringify(row.faults)}`,
    ]),
  ]);
  // What the first minutes compile and remember is no leak.
  const slope = slopePerHour(samples.slice(Math.floor(samples.length / 6)));
  if (slope !== null) {
    console.log(`\nmemory: ${slope.slope.toFixed(1)} ± ${(2 * slope.error).toFixed(1)} MiB per hour`);
  }
  const errors = minutes.reduce((sum, row) => sum + row.errors, 0);
  if (errors > 0) {
    console.error(`${errors} of the events were not answered as they should be`);
    process.exitCode = 1;
  }
  return { ...measured, slope_mib_per_hour: slope, errors };
}
