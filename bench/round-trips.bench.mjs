import pg from 'pg';
import { openCluster } from './harness/cluster.mjs';
import { EventStream } from './harness/event-stream.mjs';
import { send } from './harness/load.mjs';
import { createTemplate, startFloor, startVersioner } from './harness/services.mjs';
import { printTable } from './harness/statistics.mjs';

export const summary = 'statements per event of known names, as PostgreSQL counts them';
/** `events`: sent over each number of connections. */
export const defaults = { events: 400, connections: '1,16,64' };

const template = 'bench_template';
const library = 'pg_stat_statements';

export async function run({ events, connections }) {
  const cluster = await openCluster({ preload: library });
  try {
    await createTemplate(cluster, template);
    const results = [];
    for (const [name, start] of Object.entries({ versioner: startVersioner, floor: startFloor })) {
      for (const count of String(connections).split(',').map(Number)) {
        results.push({ service: name, connections: count, ...(await countStatements(cluster, start, events, count)) });
        print(results.at(-1));
      }
    }
    return { postgres: await cluster.version(), results };
  } finally {
    await cluster.dropDatabase(template);
    await cluster.stop();
  }
}

/** What reached the database of one service while it answered the events; whatever else it does meanwhile is in it. */
async function countStatements(cluster, start, events, connections) {
  const url = await cluster.createDatabase('bench_leg', template);
  const service = await start(url);
  // By itself every connection of this client would be in the count.
  const client = new pg.Client({ connectionString: cluster.urlOf('postgres') });
  await client.connect();
  try {
    await client.query(`CREATE EXTENSION IF NOT EXISTS ${library}`);
    const streams = Array.from({ length: connections }, (_, i) => new EventStream(i, connections));
    await send({ url: service.url, streams, amount: connections * streams[0].round });
    await client.query('SELECT pg_stat_statements_reset()');
    const { errors, durations } = await send({ url: service.url, streams, amount: events });
    if (errors > 0) throw new Error(`${errors} of ${events} events failed`);
    const { rows } = await client.query(
      `SELECT s.calls::int AS calls, regexp_replace(regexp_replace(s.query, '--[^\n]*', '', 'g'), '\\s+', ' ', 'g') AS text
       FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
       WHERE d.datname = 'bench_leg' AND s.toplevel ORDER BY s.calls DESC`,
    );
    const calls = rows.reduce((sum, row) => sum + row.calls, 0);
    return { events: durations.length, statements_per_event: calls / durations.length, statements: rows };
  } finally {
    await client.end();
    await service.stop();
    await cluster.dropDatabase('bench_leg');
  }
}

function print({ service, connections, events, statements_per_event: perEvent, statements }) {
  console.log(`\n${service}, ${connections} at a time: ${perEvent.toFixed(2)} statements per event (${events} events)`);
  printTable(statements.map(({ calls, text }) => [`  ${calls}`, text.trim().slice(0, 100)]));
}
