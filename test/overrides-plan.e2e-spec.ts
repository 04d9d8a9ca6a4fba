import { expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { listOverrides } from '../src/preflight/list-overrides.sql.js';
import { explain, rowsLookedAt } from './support/explain.js';
import { useVersioner } from './support/use-versioner.js';

const bed = useVersioner();
const cut = { limit: 50, after: null, from: null, to: null };

/** But for the open ones, which have an index of their own. */
const states = ['used', 'revoked', 'expired'] as const;

it.each(states)('reads the %s overrides alone, however many others are newer', async (state) => {
  await bed.report({ status: 'completed' });
  const order = [...states.filter((one) => one !== state), state];
  await bed.database.query(
    `INSERT INTO preflight_overrides (account_id, id, product_id, environment_id, reason, include_concurrency, created_by,
       created_at, expires_at, used_at, preflight_check_id, revoked_at, revoked_by)
     SELECT c.account_id, gen_random_uuid(), c.product_id, c.environment_id, 'an outage', false, u.id, at, at,
       CASE state WHEN 'used' THEN at END, CASE state WHEN 'used' THEN c.id END,
       CASE state WHEN 'revoked' THEN at END, CASE state WHEN 'revoked' THEN u.id END
     FROM preflight_checks c JOIN users u ON u.account_id = c.account_id
       CROSS JOIN unnest($1::text[]) WITH ORDINALITY AS s (state, place) CROSS JOIN generate_series(1, $2::int) n
       CROSS JOIN LATERAL (SELECT c.checked_at - place * interval '1 day' - n * interval '1 second' AS at) t
     WHERE c.id = (SELECT id FROM preflight_checks LIMIT 1) AND u.id = (SELECT id FROM users LIMIT 1)`,
    [order, 3_000],
  );
  await bed.database.query('ANALYZE preflight_overrides');
  const { accountId } = (await bed.rows(`SELECT id AS "accountId" FROM accounts`))[0] as { accountId: string };
  for (const generic of ['force_generic_plan', 'force_custom_plan']) {
    const filter = { product: null, environment: null, states: [state] };
    const { statement, values } = listOverrides(accountId, filter, cut, new Date());
    await bed.database.query(`SET plan_cache_mode = ${generic}`);
    const nodes = await explain(bed.database, { name: `overrides_${uuidv7()}`, text: statement.text, values });
    expect(nodes[0]!['Actual Rows']).toBe(51);
    expect(Math.max(...nodes.map(rowsLookedAt))).toBeLessThan(200);
  }
});
