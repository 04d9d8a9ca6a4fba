import { openCluster } from './harness/cluster.mjs';
import { measureEvents } from './harness/load.mjs';
import { adminToken, createTemplate, onCopy, startVersioner } from './harness/services.mjs';
import { compare, inTurn, printCompared } from './harness/statistics.mjs';

export const summary = 'events under 3, 20 and 200 enabled rules, 3 of which apply, against none';
/** `counts`: of rules. `runway`: of one that applies, `p95` or minutes. `connections`: a run for each of them. `seconds`: measured per leg, after its warm-up. */
export const defaults = { counts: '0,3,20,200', runway: 'p95', connections: '16,1', pairs: 5, seconds: 4 };

const template = (count) => `bench_template_${count}`;
const metrics = {
  requests_per_second: 'requests per second',
  p50_ms: 'p50, ms',
  p99_ms: 'p99, ms',
  service_cpu_ms: 'CPU of the service, ms per event',
  database_cpu_ms: 'CPU of PostgreSQL, ms per event',
  errors: 'errors',
};
/** What is compared with what, and what is to be reached. */
const comparisons = [
  { legs: ['200 rules', '3 rules'], targets: { p50_ms: '≤ 1.3' } },
  { legs: ['20 rules', '0 rules'], targets: { requests_per_second: '≥ 0.85' } },
];

export async function run({ counts: asked, runway, connections, pairs, seconds }) {
  const counts = String(asked).split(',').map(Number);
  const cluster = await openCluster();
  try {
    for (const count of counts)
      await createTemplate(cluster, template(count), (service) => makeRules(service, count, runway));
    const results = {};
    for (const connectionCount of String(connections).split(',').map(Number)) {
      console.log(`\n${connectionCount} ${connectionCount === 1 ? 'connection' : 'connections'}`);
      const measure = (started) => measureEvents({ ...started, connections: connectionCount, seconds });
      const legs = await inTurn(
        pairs,
        Object.fromEntries(
          counts.map((count) => [`${count} rules`, () => onCopy(cluster, template(count), startVersioner, measure)]),
        ),
        tell,
      );
      const measured = comparisons.filter((comparison) => comparison.legs.every((leg) => leg in legs));
      const summaries = measured.map(({ legs: [one, other], targets }) => {
        const compared = compare(legs[one], legs[other], Object.keys(metrics));
        printCompared([one, other], compared, metrics, targets);
        return { one, other, compared };
      });
      results[connectionCount] = { summaries, legs };
    }
    return { postgres: await cluster.version(), results };
  } finally {
    for (const count of counts) await cluster.dropDatabase(template(count));
    await cluster.stop();
  }
}

/** The first three apply to every start of the bench, and every start meets them; the others apply elsewhere. */
async function makeRules({ url }, count, runway) {
  const applicable = applicableRules(runway);
  for (let i = 0; i < count; i++) {
    const rule =
      i < applicable.length ? applicable[i] : { ...elsewhere[i % elsewhere.length], products: [`other-${i}`] };
    const response = await fetch(`${url}/deployment-rules/`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${adminToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: `rule ${i}`, ...rule }),
    });
    if (response.status !== 201) throw new Error(`The rule was refused: ${await response.text()}`);
  }
}

const freeze = { start_day: 'friday', start_time: '15:00', end_day: 'monday', end_time: '00:00' };
const openAllWeek = { start_time: '00:00', end_time: '24:00' };
const applicableRules = (runway) => [
  {
    type: 'schedule',
    config: { mode: 'allow', timezone: 'America/Los_Angeles', recurrence: 'daily', windows: [openAllWeek] },
  },
  {
    // With `p95`, how long the last 50 deployments took is read for each start.
    type: 'schedule',
    config: {
      mode: 'deny',
      timezone: 'Europe/Berlin',
      recurrence: 'once',
      windows: [{ start: '2099-12-24T00:00', end: '2099-12-27T00:00' }],
      ...(runway === 'p95' ? { runway } : { runway_minutes: Number(runway) }),
    },
  },
  { type: 'concurrency', config: { max_concurrent: 2, per: 'product_environment' } },
];
const elsewhere = [
  { type: 'schedule', config: { mode: 'deny', recurrence: 'weekly', windows: [freeze] } },
  { type: 'approval', config: { required_approvals: 1, approver_roles: ['lead'] } },
  { type: 'cooldown', config: { minutes: 60 } },
  { type: 'flow', config: { required_environments: ['staging'], target_environment: 'production', soak_minutes: 60 } },
  { type: 'version_approval', config: { required_approval_types: ['qa'] } },
];

function tell(leg, { requests_per_second: rate, p50_ms: p50, errors }) {
  console.log(`  ${leg}: ${rate.toFixed(0)} requests/s, p50 ${p50.toFixed(2)} ms, ${errors} errors`);
}
