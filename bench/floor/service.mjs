// The yardstick of bench/events: one event by hand on node:http and pg, in one SQL round trip. No framework, ORM,
// validation library, rate limiter, logging or OpenAPI; the same rows and the same answers as the service itself.
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import pg from 'pg';
import { answerRead } from './reads.mjs';

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.DATABASE_POOL_SIZE ?? 10),
});
await pool.query(readFileSync(new URL('record-event.sql', import.meta.url), 'utf8'));

const recordEvent = {
  name: 'floor_record_event',
  text: `SELECT f.status_code, f.now, f.product_name, f.environment_name, f.version, f.replaced_at, f.check_id, f.violation,
    (f.deployment).* FROM floor_record_event($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) f`,
};
const statuses = {
  ...of('pending', 'pending queued scheduled'),
  ...of('started', 'started in_progress init deploying'),
  ...of('completed', 'success completed complete finished deployed'),
  ...of('failed', 'failed fail failure error'),
  ...of('aborted', 'aborted abort canceled cancelled cancel skipped'),
};
const environments = {
  dev: ['dev', 100],
  test: ['test', 200],
  staging: ['staging', 300],
  production: ['production', 400],
};
const maxBody = 1024 * 1024;

function of(status, aliases) {
  return Object.fromEntries(aliases.split(' ').map((alias) => [alias, status]));
}

/** A UUIDv7: 48 bits of time, then what crypto gives. */
function newId() {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

const nameKey = (name) => name.trim().normalize('NFKC').toLowerCase();
const hoursBetween = (from, to) => Math.round((Math.max(0, to - from) / 3_600_000) * 100) / 100;

function deploymentBody(row) {
  return {
    id: row.id,
    product_id: row.product_id,
    product_name: row.product_name,
    version_id: row.version_id,
    version: row.version,
    environment_id: row.environment_id,
    environment_name: row.environment_name,
    status: row.status,
    started_at: row.started_at,
    completed_at: row.completed_at,
    deployed_at: row.effective_completed_at ?? row.started_at ?? row.created_at,
    deployed_by: row.deployed_by,
    deployed_by_email: row.deployed_by_email,
    deployed_by_name: row.deployed_by_name,
    source_system: row.source_system,
    build_number: row.build_number,
    build_url: row.build_url,
    deploy_url: row.deploy_url,
    invoke_id: row.invoke_id,
    scm_sha: row.scm_sha,
    scm_branch: row.scm_branch,
    scm_repository: row.scm_repository,
    preflight_status: row.preflight_status,
    soak_time_hours: row.effective_completed_at && hoursBetween(row.effective_completed_at, row.replaced_at ?? row.now),
    extra_metadata: row.extra_metadata,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

function blockedBody({ violation, check_id, product_id, version_id, environment_id }) {
  const { message, code, details, rule_id, rule_name, rule_type, status, retry_after } = violation;
  const violations = [{ code, message, rule_id, rule_name, rule_type, status, retry_after, details }];
  const ids = { preflight_check_id: check_id, product_id, version_id, environment_id };
  const body = {
    error: 'deployment_blocked',
    message,
    code,
    details: { ...details, rule_id, rule_name, rule_type, ...ids, violations },
  };
  return { ...body, detail: body };
}

async function record(request, text) {
  const secret = request.headers.authorization?.slice('Bearer '.length) ?? '';
  const slug = /^sk_([a-z0-9-]{1,63})_[a-z0-9-]{1,63}_[0-9A-Za-z]{32,}$/.exec(secret)?.[1];
  if (slug === undefined) return { status: 401, body: { detail: 'Invalid authentication credentials' } };
  let event;
  try {
    event = JSON.parse(text);
  } catch {
    return { status: 400, body: { detail: 'Invalid JSON in request body' } };
  }
  const missing = ['product_name', 'version', 'environment_name', 'status'].filter((name) => !event[name]);
  if (missing.length > 0) {
    const detail = missing.map((name) => ({ loc: ['body', name], msg: 'field required', type: 'value_error.missing' }));
    return { status: 422, body: { detail } };
  }

  const environmentKey = nameKey(event.environment_name);
  const [type, position] = environments[environmentKey] ?? ['other', 500];
  const { rows } = await pool.query(recordEvent, [
    slug,
    createHash('sha256').update(secret).digest(),
    nameKey(event.product_name),
    environmentKey,
    type,
    position,
    statuses[event.status.toLowerCase()],
    Array.from({ length: 11 }, newId),
    request.socket.remoteAddress,
    request.id,
    text,
  ]);
  const row = rows[0];
  if (row.status_code === 401) return { status: 401, body: { detail: 'Invalid authentication credentials' } };
  if (row.status_code === 403)
    return { status: 403, body: { detail: 'You do not have permission to perform this action' } };
  if (row.status_code === 409) return { status: 409, body: blockedBody(row) };
  if (row.status_code === 501) return { status: 501, body: { detail: 'Not part of the bench' } };
  return { status: row.status_code, body: deploymentBody(row), created: row.status_code === 201 };
}

function answer(response, { status, body, created, link }) {
  const text = JSON.stringify(body);
  const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': Buffer.byteLength(text) };
  if (link) headers.Link = link;
  if (created) headers.Location = `/deployments/${body.id}`;
  response.writeHead(status, headers).end(text);
}

const failed = (error) => {
  console.error(error);
  return { status: 500, body: { detail: 'Internal server error' } };
};

async function read(request, response) {
  const found = await answerRead(pool, request, deploymentBody).catch(failed);
  answer(response, found ?? { status: request.url === '/health/ready' ? 200 : 404, body: { detail: 'Not found' } });
}

const server = createServer((request, response) => {
  request.id = newId();
  response.setHeader('X-Request-Id', request.id);
  if (request.method !== 'POST' || request.url !== '/deployment-events/') return void read(request, response);
  const chunks = [];
  let size = 0;
  request.on('data', (chunk) => ((size += chunk.length) <= maxBody ? chunks.push(chunk) : request.destroy()));
  request.on('end', () => {
    record(request, Buffer.concat(chunks).toString()).then(
      (result) => answer(response, result),
      (error) => answer(response, failed(error)),
    );
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => void pool.end()).closeAllConnections());
