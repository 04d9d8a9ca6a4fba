// The yardstick of bench/reads: the list of deployments and the matrix by hand, each in one prepared statement that also
// looks the token up. The same answers as the service's, to the byte.
import { createHash } from 'node:crypto';

const limit = 50;
/** Of the request's token: whose it is, if it is good. */
const who = `WITH who AS MATERIALIZED (
  SELECT a.id AS account_id, now() AS now FROM accounts a
  JOIN personal_access_tokens t ON t.account_id = a.id AND t.secret_hash = $2 AND t.revoked_at IS NULL
    AND (t.expires_at IS NULL OR t.expires_at > now())
  JOIN users u ON u.account_id = a.id AND u.id = t.user_id AND u.deactivated_at IS NULL
  JOIN user_roles r ON r.account_id = a.id AND r.user_id = u.id AND r.valid_to IS NULL
  WHERE a.slug = $1
)`;
const filters = {
  product: `d.product_id = (SELECT n.product_id FROM product_names n WHERE n.account_id = who.account_id AND n.name_key = ?)`,
  environment: `d.environment_id = (SELECT n.environment_id FROM environment_names n WHERE n.account_id = who.account_id AND n.name_key = ?)`,
  status: 'd.status = ?',
};
const stale = `((d.status = 'started' AND e.stale_after_minutes > 0
    AND d.last_event_at + e.stale_after_minutes * interval '1 minute' <= who.now)
  OR (d.status = 'pending' AND e.pending_stale_after_hours > 0
    AND d.last_event_at + e.pending_stale_after_hours * interval '1 hour' <= who.now))`;

function deploymentsStatement(names) {
  const conditions = names.map((name, n) => `AND ${filters[name].replace('?', `$${n + 3}`)}`);
  return {
    name: ['floor_deployments', ...names].join('_'),
    text: `${who}
SELECT who.now, p.name AS product_name, v.version, e.name AS environment_name, next.effective_completed_at AS replaced_at,
  d.*, CASE WHEN ${stale} THEN 'aborted' ELSE d.status END AS status
FROM who CROSS JOIN LATERAL (
  SELECT d.* FROM deployments d
  WHERE d.account_id = who.account_id ${conditions.join(' ')} ${
    names.includes('product')
      ? ''
      : 'AND NOT EXISTS (SELECT FROM products h WHERE h.account_id = d.account_id AND h.id = d.product_id AND h.archived_at IS NOT NULL)'
  }
  ORDER BY d.created_at DESC, d.id DESC LIMIT ${limit + 1}) AS d
JOIN products p ON p.account_id = d.account_id AND p.id = d.product_id
JOIN versions v ON v.account_id = d.account_id AND v.id = d.version_id
JOIN environments e ON e.account_id = d.account_id AND e.id = d.environment_id
LEFT JOIN LATERAL (
  SELECT r.effective_completed_at FROM deployments r
  WHERE d.status = 'completed' AND r.account_id = d.account_id AND r.environment_id = d.environment_id
    AND r.product_id = d.product_id AND r.status = 'completed'
    AND (r.effective_completed_at, r.id) > (d.effective_completed_at, d.id)
  ORDER BY r.effective_completed_at, r.id LIMIT 1) AS next ON true
ORDER BY d.created_at DESC, d.id DESC`,
  };
}

const matrix = {
  name: 'floor_matrix',
  text: `${who}, page AS MATERIALIZED (
  SELECT p.id, p.name, lower(p.name COLLATE "C") AS key FROM products p, who
  WHERE p.account_id = who.account_id AND p.archived_at IS NULL AND EXISTS (
    SELECT FROM environment_states s JOIN environments e ON e.account_id = s.account_id AND e.id = s.environment_id
    WHERE s.account_id = who.account_id AND s.product_id = p.id AND e.archived_at IS NULL)
  ORDER BY key, p.id LIMIT ${limit + 1}
), under_way AS MATERIALIZED (
  SELECT d.product_id, d.environment_id, jsonb_agg(jsonb_build_object('id', d.id, 'version', v.version,
    'at', coalesce(d.started_at, d.created_at), 'by', d.deployed_by) ORDER BY d.created_at DESC, d.id DESC) AS list
  FROM who JOIN deployments d ON d.account_id = who.account_id
  JOIN environments e ON e.account_id = d.account_id AND e.id = d.environment_id
  JOIN versions v ON v.account_id = d.account_id AND v.id = d.version_id
  WHERE d.completed_at IS NULL AND d.status <> 'pending' AND NOT ${stale}
  GROUP BY d.product_id, d.environment_id
)
SELECT who.now, page.id AS product_id, page.name AS product_name, e.id AS environment_id, e.name AS environment_name,
  e.type, e.position, d.version_id, v.version, d.id AS deployment_id, d.effective_completed_at AS deployed_at,
  d.deployed_by, under_way.list
FROM who CROSS JOIN page
JOIN environment_states s ON s.account_id = who.account_id AND s.product_id = page.id
JOIN environments e ON e.account_id = who.account_id AND e.id = s.environment_id AND e.archived_at IS NULL
LEFT JOIN deployments d ON d.account_id = who.account_id AND d.id = s.deployment_id
LEFT JOIN versions v ON v.account_id = who.account_id AND v.id = d.version_id
LEFT JOIN under_way ON under_way.product_id = page.id AND under_way.environment_id = e.id
ORDER BY page.key, page.id, e.position, e.name, e.id`,
};

const hoursBetween = (from, to) => Math.round((Math.max(0, to - from) / 3_600_000) * 100) / 100;

/** Answers one of the two reads; null for every other request. */
export async function answerRead(pool, { url, headers }, deploymentBody) {
  const [path, query = ''] = url.split('?', 2);
  if (path !== '/deployments/' && path !== '/environment-states/') return null;
  const secret = headers.authorization?.slice('Bearer '.length) ?? '';
  const slug = /^pat_([a-z0-9-]{1,63})_[0-9A-Za-z]{32,}$/.exec(secret)?.[1];
  if (slug === undefined) return { status: 401, body: { detail: 'Invalid authentication credentials' } };
  const token = [slug, createHash('sha256').update(secret).digest()];
  if (path === '/environment-states/') return { status: 200, body: matrixBody((await pool.query(matrix, token)).rows) };

  const given = [...new URLSearchParams(query)];
  const statement = deploymentsStatement(given.map(([name]) => name));
  const { rows } = await pool.query(statement, [...token, ...given.map(([, value]) => value)]);
  const page = rows.slice(0, limit);
  return {
    status: 200,
    body: page.map(deploymentBody),
    link: rows.length > limit ? nextLink(path, query, page) : null,
  };
}

function nextLink(path, query, page) {
  const { created_at: at, id } = page.at(-1);
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', Buffer.from(`${at.getTime()}.${id}`).toString('base64url'));
  return `<${path}?${parameters}>; rel="next"`;
}

function matrixBody(rows) {
  const products = [];
  for (const row of rows) {
    if (products.at(-1)?.product_id !== row.product_id) {
      products.push({ product_id: row.product_id, product_name: row.product_name, drift: false, cells: [] });
    }
    const { cells } = products.at(-1);
    cells.push({
      environment_id: row.environment_id,
      environment_name: row.environment_name,
      environment_type: row.type,
      position: row.position,
      version_id: row.version_id,
      version: row.version,
      deployment_id: row.deployment_id,
      deployed_at: row.deployed_at,
      deployed_by: row.deployed_by,
      soak_time_hours: row.deployed_at && hoursBetween(row.deployed_at, row.now),
      in_progress: (row.list ?? []).map(({ id, version, at, by }) => ({
        deployment_id: id,
        version,
        started_at: new Date(at),
        deployed_by: by,
      })),
    });
  }
  for (const product of products) {
    const versions = new Set(product.cells.map((cell) => cell.version_id).filter((id) => id !== null));
    product.drift = versions.size > 1;
  }
  return products.slice(0, limit);
}
