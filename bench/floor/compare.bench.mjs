import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCluster } from '../harness/cluster.mjs';
import { EventStream } from '../harness/event-stream.mjs';
import { apiKey, createTemplate, startFloor, startVersioner } from '../harness/services.mjs';
import { readRecord } from './read-record.mjs';

export const summary = 'whether floor and service give the same answers to the same events, and write the same rows';

const template = 'bench_template';

/** Sends the same events to both, each on a database of its own, and fails at the first difference. */
export async function run() {
  const cluster = await openCluster();
  try {
    await createTemplate(cluster, template);
    const versioner = await recordOf(cluster, startVersioner);
    const floor = await recordOf(cluster, startFloor);
    const parts = Object.keys(versioner);
    const different = parts.filter((part) => !isDeepStrictEqual(versioner[part], floor[part]));
    for (const part of parts) {
      console.log(`${different.includes(part) ? 'DIFFERENT' : 'equal'}  ${part} (${versioner[part].length})`);
    }
    if (different.length > 0)
      throw new Error(firstDifference(different[0], versioner[different[0]], floor[different[0]]));
    return { equal: Object.fromEntries(parts.map((part) => [part, versioner[part].length])) };
  } finally {
    await cluster.dropDatabase(template);
    await cluster.stop();
  }
}

async function recordOf(cluster, start) {
  const url = await cluster.createDatabase('bench_compare', template);
  const service = await start(url);
  try {
    const answers = [];
    for (const event of events()) {
      answers.push(await post(service, event));
      // Each event gets a millisecond of its own, so that the order of times says which event set them.
      await sleep(3);
    }
    return await readRecord(url, answers);
  } finally {
    await service.stop();
    await cluster.dropDatabase('bench_compare');
  }
}

/** Six deployments of the bench's own kind, and by hand: repeats, a conflict, failures, empty values, letter case. */
function events() {
  const stream = new EventStream(0, 100);
  const ofTheBench = Array.from({ length: 12 }, () => JSON.parse(stream.next()));
  const plain = { product_name: ' Shop ', version: '1.0', environment_name: 'Production', source_system: 'unknown' };
  const other = { ...plain, product_name: 'SHOP', version: '2.0', invoke_id: '2', build_number: '', scm_branch: null };
  return [
    ...ofTheBench,
    ofTheBench[10],
    ofTheBench[11],
    { ...plain, status: 'in_progress' },
    { ...plain, status: 'Started' },
    { ...other, status: 'started' },
    {
      ...plain,
      status: 'success',
      completed_at: '2020-01-01T00:00:00Z',
      extra_metadata: { preflight_status: 'mine', a: 1 },
    },
    { ...plain, status: 'deployed' },
    { ...other, status: 'started', started_at: '2999-01-01T00:00:00Z', unknown_field: [1] },
    {
      ...other,
      status: 'failure',
      deployed_by: 'octocat',
      deployed_by_email: 'o@example.com',
      deployed_by_name: 'Mona',
    },
    { ...other, version: '3.0', status: 'started', extra_metadata: { vi_gh_run_attempt: 2 } },
    { ...other, version: '3.0', status: 'completed' },
    { ...plain, status: 'success' },
    { ...plain, status: undefined },
  ];
}

async function post({ url }, event) {
  const response = await fetch(`${url}/deployment-events/`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(event),
  });
  return { status: response.status, location: response.headers.get('location'), body: await response.json() };
}

function firstDifference(part, versioner, floor) {
  const at = versioner.findIndex((row, i) => !isDeepStrictEqual(row, floor[i]));
  const row = at < 0 ? versioner.length : at;
  const show = (value) => JSON.stringify(value ?? null, null, 2);
  return `${part}, number ${row + 1}:\nversioner ${show(versioner[row])}\nfloor ${show(floor[row])}`;
}
