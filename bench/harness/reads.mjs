import autocannon from 'autocannon';
import pg from 'pg';
import { cpuOfTree } from './process-cpu.mjs';
import { adminToken, apiKey } from './services.mjs';
import { quantile } from './statistics.mjs';

const productCount = 50;
const environments = ['dev', 'test', 'staging', 'production'];
const versionsPerCell = 5;

/** What is read: the list without a filter, under the usual ones, and the matrix of 50 products × 4 environments. */
export const reads = {
  deployments: '/deployments/',
  'deployments of an environment': '/deployments/?environment=production',
  'deployments of a cell': '/deployments/?product=service-7&environment=staging',
  'completed deployments': '/deployments/?status=completed',
  'environment states': '/environment-states/',
};

/** Some deployments in each cell, over REST; in a few of the cells one that is under way, in one a failed one. */
export async function deployEverywhere({ url }) {
  const events = [];
  for (let n = 0; n < versionsPerCell; n++) {
    for (let product = 0; product < productCount; product++) {
      for (const environment of environments) {
        const sent = eventOf(product, environment, n);
        const isUnderWay = n === versionsPerCell - 1 && product % 10 === 3 && environment === 'production';
        const end = product === 8 && n === 2 ? 'failed' : 'completed';
        events.push(
          isUnderWay
            ? [{ ...sent, status: 'started' }]
            : [
                { ...sent, status: 'started' },
                { ...sent, status: end },
              ],
        );
      }
    }
  }
  const waiting = events.reverse();
  const worker = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const event of next) await post(url, event);
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
}

function eventOf(product, environment, n) {
  const run = `${n}.${product}`;
  return {
    product_name: `service-${product}`,
    version: `1.${n}`,
    environment_name: environment,
    source_system: 'github',
    build_number: run,
    scm_sha: '9fceb02d0ae598e95dc970b74767f19372d61af8',
    scm_repository: 'octo-org/my-service',
    deploy_url: `https://ci.example.com/octo-org/my-service/actions/runs/${run}`,
    invoke_id: run,
    deployed_by: 'octocat',
    extra_metadata: { vi_gh_workflow: 'deploy', vi_gh_run_number: run, vi_gh_ref: 'refs/heads/main' },
  };
}

async function post(url, event) {
  const response = await fetch(`${url}/deployment-events/`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(event),
  });
  await response.arrayBuffer();
  // Who comes second to a cell is told to wait: that one has no deployment more.
  if (response.status >= 300 && response.status !== 409) throw new Error(`An event was answered ${response.status}`);
}

/** One answer as it came: its status, the header that names the next page, and the body to the byte. */
export async function readOnce({ url }, path) {
  const response = await fetch(url + path, { headers: { Authorization: `Bearer ${adminToken}` } });
  return { status: response.status, link: response.headers.get('link'), body: await response.text() };
}

/** Reads one path over a number of connections, unmeasured first, and measures. */
export async function measureReads({ service, database, databasePid, path, connections, seconds }) {
  await send({ service, path, connections, seconds: 1 });
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  await client.query('VACUUM (ANALYZE)');
  await client.end();
  await send({ service, path, connections, seconds: 1 });

  const before = { service: cpuOfTree(service.pid), database: cpuOfTree(databasePid) };
  const run = await send({ service, path, connections, seconds });
  const after = { service: cpuOfTree(service.pid), database: cpuOfTree(databasePid) };
  const perRequest = (name) => (before[name] === null ? null : (after[name] - before[name]) / run.durations.length);
  return {
    requests_per_second: run.durations.length / run.seconds,
    p50_ms: quantile(run.durations, 0.5),
    p99_ms: quantile(run.durations, 0.99),
    service_cpu_ms: perRequest('service'),
    database_cpu_ms: perRequest('database'),
    errors: run.errors,
  };
}

async function send({ service, path, connections, seconds }) {
  const durations = [];
  const started = performance.now();
  let lastAnswer = started;
  const instance = autocannon({
    url: service.url,
    connections,
    duration: seconds,
    sampleInt: 100,
    requests: [{ method: 'GET', path, headers: { Authorization: `Bearer ${adminToken}` } }],
  });
  instance.on('response', (_client, _status, _bytes, milliseconds) => {
    durations.push(milliseconds);
    lastAnswer = performance.now();
  });
  const { errors, timeouts, non2xx } = await instance;
  return { durations, seconds: (lastAnswer - started) / 1000, errors: errors + timeouts + non2xx };
}
