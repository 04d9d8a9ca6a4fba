import { openCluster } from '../harness/cluster.mjs';
import { deployEverywhere, readOnce, reads } from '../harness/reads.mjs';
import { createTemplate, startFloor, startVersioner } from '../harness/services.mjs';

export const summary = 'whether floor and service read the same to the byte, from the same database';

/** Time goes on between the two answers; the body is a text inside of JSON here. */
const soak = /\\"soak_time_hours\\":[\d.]+/g;

/** Reads everything that bench/reads measures from both, on one database, and fails at the first difference. */
export async function run() {
  const cluster = await openCluster();
  try {
    await createTemplate(cluster, 'bench_template', deployEverywhere);
    const database = cluster.urlOf('bench_template');
    const services = [await startVersioner(database), await startFloor(database)];
    try {
      const equal = {};
      for (const [name, path] of Object.entries(reads)) {
        const [one, other] = await Promise.all(services.map((service) => readOnce(service, path)));
        const [expected, found] = [one, other].map((answer) => JSON.stringify(answer).replaceAll(soak, ''));
        if (one.status !== 200 || expected !== found) throw new Error(firstDifference(name, expected, found));
        equal[name] = one.body.length;
        console.log(`equal  ${name} (${one.body.length} bytes)`);
      }
      return { equal };
    } finally {
      for (const service of services) await service.stop();
    }
  } finally {
    await cluster.dropDatabase('bench_template');
    await cluster.stop();
  }
}

function firstDifference(name, expected, found) {
  let at = 0;
  while (at < expected.length && expected[at] === found[at]) at++;
  const around = (text) => text.slice(Math.max(0, at - 200), at + 200);
  return `${name}:\nversioner …${around(expected)}…\nfloor     …${around(found)}…`;
}
