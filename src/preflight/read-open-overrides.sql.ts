import type { Statement } from '../database/database.js';

/**
 * The open overrides of some starts, a row for each start: for this very version first, then those that expire first.
 * Those of people who have been deactivated since are no use to anybody.
 *
 * $1 account, $2 products, $3 environments, $4 versions as texts, $5 a frozen `now` or null, $6 the moment that each is
 * judged at, or null.
 * Plan: preflight_overrides_open_idx for each start.
 */
export const readOpenOverrides: Statement = {
  name: 'read_open_overrides',
  readOnly: true,
  text: `
SELECT (
  SELECT json_agg(json_build_object('id', o.id, 'include_concurrency', o.include_concurrency, 'reason', o.reason,
           'created_by', o.created_by, 'created_by_name', u.name)
           ORDER BY o.version IS NULL, o.expires_at, o.id)
  FROM preflight_overrides o
  JOIN users u ON u.account_id = o.account_id AND u.id = o.created_by AND u.deactivated_at IS NULL
  WHERE o.account_id = $1::uuid AND o.product_id = x.product_id AND o.environment_id = x.environment_id
    AND o.used_at IS NULL AND o.revoked_at IS NULL AND (o.version IS NULL OR o.version = x.version)
    AND o.expires_at > greatest(clock.now, x.at)) AS grants
FROM (SELECT coalesce($5::timestamptz, clock_timestamp()) AS now) clock
CROSS JOIN unnest($2::uuid[], $3::uuid[], $4::text[], $6::timestamptz[])
  WITH ORDINALITY AS x (product_id, environment_id, version, at, n)
ORDER BY x.n`,
};
