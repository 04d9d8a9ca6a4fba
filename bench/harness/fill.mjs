import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import pg from 'pg';
import { adminToken, createTemplate } from './services.mjs';

/** Between the first and the last deployment: two years, however many there are. */
const spanMs = 2 * 365 * 24 * 3_600_000;
/** Checks and audit entries of the latest deployments are kept, as under a retention of seven months. */
const keptShare = 0.3;
/** Bytes that must stay free on the disk of the data folder. */
const reserve = 15 * 2 ** 30;
const tables = `products, product_names, environments, environment_names, environment_types, environment_states, versions,
  version_shas, builds, build_events, approvals, deployments, deployment_events, preflight_checks, rule_violations,
  preflight_overrides, audit_log, audit_links, audit_seals, audit_unsealed`;

/** What every filled database asks of a start in the environment `production-2`, and of no other. */
const rules = [
  {
    name: 'staged',
    type: 'flow',
    config: { required_environments: ['dev-2', 'staging-2'], target_environment: 'production-2', soak_minutes: 60 },
  },
  {
    name: 'approved',
    type: 'approval',
    environments: ['production-2'],
    config: { required_approvals: 1, approver_roles: ['lead'] },
  },
  { name: 'unhurried', type: 'cooldown', environments: ['production-2'], config: { minutes: 30 } },
];

/**
 * The database that holds so many deployments, and all that belongs to them; filled unless it is there already. Nobody
 * waits for what is lost in a crash meanwhile: see `Cluster.relaxed`. Answers its URL.
 *
 * @param folder where its data lies, to watch what is free there; null where it is not known
 */
export async function filledDatabase(cluster, rows, { folder = null, tell = console.log } = {}) {
  const name = `bench_filled_${rows}`;
  const url = () => cluster.urlOf(name);
  const [existing] = await cluster.query(
    `SELECT shobj_description(oid, 'pg_database') AS state FROM pg_database WHERE datname = '${name}'`,
  );
  if (existing?.state === 'filled') return url();
  await cluster.relaxed(async () => {
    await createTemplate(cluster, name, makeRules);
    await inSession(url(), (client) => fill(client, { rows, folder, tell }));
    await timed('vacuum', tell, () =>
      inSession(url(), async (client) => {
        await client.query("SET maintenance_work_mem = '1GB'");
        await client.query('VACUUM (FREEZE, ANALYZE)');
      }),
    );
    await cluster.query(`COMMENT ON DATABASE ${name} IS 'filled'`);
  });
  return url();
}

async function makeRules({ url }) {
  for (const rule of rules) {
    const response = await fetch(`${url}/deployment-rules/`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${adminToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(rule),
    });
    if (response.status !== 201) throw new Error(`The rule was refused: ${await response.text()}`);
  }
}

/**
 * All in one transaction, into tables that it has emptied itself: nothing is logged where `wal_level` is minimal. The
 * secondary indexes are dropped and built again.
 */
async function fill(client, { rows, folder, tell }) {
  const stepMs = Math.floor(spanMs / rows);
  const fromMs = Date.now() - 3_600_000 - stepMs * rows;
  const numbers = { rows, from: fromMs, step: stepMs, recorded: Math.floor(rows * (1 - keptShare)) };
  const [, ...parts] = readFileSync(new URL('./fill.sql', import.meta.url), 'utf8').split(/^-- part: /m);
  await client.query(`SET session_replication_role = replica; SET synchronous_commit = off;
    SET maintenance_work_mem = '1GB'; SET work_mem = '256MB'`);
  await client.query('BEGIN');
  await client.query(`TRUNCATE ${tables} CASCADE`);
  const { rows: indexes } = await client.query(`
    SELECT x.indexrelid::regclass::text AS name, pg_get_indexdef(x.indexrelid) AS definition
    FROM pg_index x WHERE x.indrelid = ANY (string_to_array(regexp_replace('${tables}', '\\s', '', 'g'), ',')::regclass[])
      AND NOT x.indisprimary AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.indexrelid)
    ORDER BY x.indrelid, x.indexrelid`);
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
  const states = parts.pop();
  for (const part of parts) await runPart(client, part, { numbers, folder, tell });
  for (const { name, definition } of indexes) {
    await requireRoom(folder);
    await timed(`index ${name}`, rows > 100_000 ? tell : () => undefined, () => client.query(definition));
  }
  await client.query('ANALYZE deployments');
  await runPart(client, states, { numbers, folder, tell });
  await timed('commit', tell, () => client.query('COMMIT'));
}

async function runPart(client, part, { numbers, folder, tell }) {
  await requireRoom(folder);
  const [title] = part.split('\n', 1);
  const text = part
    .slice(title.length)
    .replaceAll(/:(rows|from|step|recorded)\b/g, (_, token) => `${numbers[token]}::bigint`);
  await timed(title, tell, () => client.query(text));
}

async function requireRoom(folder) {
  if (folder === null) return;
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < reserve) throw new Error(`Less than ${reserve / 2 ** 30} GiB are left in ${folder}`);
}

async function timed(what, tell, work) {
  const begin = performance.now();
  await work();
  tell(`  ${what}: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}

async function inSession(connectionString, work) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
