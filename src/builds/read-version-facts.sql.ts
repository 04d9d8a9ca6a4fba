import type { Statement } from '../database/database.js';
import { sentBySame } from '../deployments/sent-by-same.sql.js';

/**
 * Everything that is known about each of a batch of build events of one account, at one instant; one row for each.
 *
 * $1 account, $2 the events as JSON: [{i, product_key, version, status, invoke_id, build_number, run_attempt,
 * api_key_id, former_key_id, personal_access_token_id}], $3 a frozen `now` or null.
 *
 * Plan: one index look-up for each fact of each event (the laterals keep it a nested loop whatever the statistics
 * say): the name by primary key, the version by its unique index, open builds by builds_open_idx, repeats by the
 * (version, received_at) index of build_events. The time is a row of its own: compared with clock_timestamp() itself,
 * which is volatile, received_at would not be looked up but every event of the version read. Builds never go stale, so
 * a version whose builds never end gathers open ones: the newest hundred are read. Nothing else grows with history.
 */
export const readVersionFacts: Statement = {
  name: 'read_version_facts',
  readOnly: true,
  text: `
WITH clock AS MATERIALIZED (
  SELECT coalesce($3::timestamptz, date_trunc('milliseconds', clock_timestamp())) AS now
)
SELECT x.i,
       c.now,
       a.catalog,
       p.id AS product_id, p.name AS product_name, p.archived_at AS product_archived_at,
       v.id AS version_id, v.revision::float8 AS revision, v.scm_sha, v.sha_fixed_at, v.scm_branch, v.scm_repository,
       v.updated_at,
       open.list AS open,
       repeat.build AS repeat_build, repeat.sha AS repeat_sha,
       same_run.build AS same_run
FROM json_to_recordset($2::json) AS x(
  i int, product_key text, version text, status text, invoke_id text, build_number text, run_attempt text,
  api_key_id uuid, former_key_id uuid, personal_access_token_id uuid)
JOIN accounts a ON a.id = $1::uuid
CROSS JOIN clock c
LEFT JOIN LATERAL (
  SELECT q.id, q.name, q.archived_at FROM product_names n JOIN products q ON q.account_id = n.account_id AND q.id = n.product_id
  WHERE n.account_id = $1::uuid AND n.name_key = x.product_key LIMIT 1) p ON true
LEFT JOIN LATERAL (
  SELECT q.* FROM versions q
  WHERE q.account_id = $1::uuid AND q.product_id = p.id AND q.version = x.version LIMIT 1) v ON true
LEFT JOIN LATERAL (
  SELECT jsonb_agg(to_jsonb(b.*) ORDER BY b.created_at DESC, b.id DESC) AS list FROM (
    SELECT * FROM builds o
    WHERE o.account_id = $1::uuid AND o.version_id = v.id AND o.status IN ('pending', 'started')
    ORDER BY o.created_at DESC, o.id DESC LIMIT 100) b) open ON true
LEFT JOIN LATERAL (
  SELECT to_jsonb(b.*) AS build, nullif(ev.payload->>'scm_sha', '') AS sha
  FROM build_events ev JOIN builds b ON b.account_id = ev.account_id AND b.id = ev.build_id
  WHERE ev.account_id = $1::uuid AND ev.version_id = v.id
    AND ev.received_at > c.now - interval '10 minutes'
    AND ev.status = x.status
    AND ev.invoke_id IS NOT DISTINCT FROM x.invoke_id AND ev.run_attempt IS NOT DISTINCT FROM x.run_attempt
    AND (x.invoke_id IS NOT NULL OR ev.build_number IS NOT DISTINCT FROM x.build_number)
    AND ${sentBySame('ev')}
  ORDER BY ev.received_at DESC, ev.id DESC LIMIT 1) repeat ON true
LEFT JOIN LATERAL (
  SELECT to_jsonb(b.*) AS build
  FROM build_events ev JOIN builds b ON b.account_id = ev.account_id AND b.id = ev.build_id
  WHERE x.status = 'pending' AND (x.invoke_id IS NOT NULL OR x.build_number IS NOT NULL)
    AND ev.account_id = $1::uuid AND ev.version_id = v.id
    AND ev.received_at > c.now - interval '10 minutes'
    AND ev.invoke_id IS NOT DISTINCT FROM x.invoke_id AND ev.run_attempt IS NOT DISTINCT FROM x.run_attempt
    AND (x.invoke_id IS NOT NULL OR ev.build_number = x.build_number)
  ORDER BY ev.received_at DESC, ev.id DESC LIMIT 1) same_run ON true
ORDER BY x.i`,
};
