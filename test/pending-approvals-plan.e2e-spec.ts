import { expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { attemptsAtOnce, listBlockedAttempts } from '../src/approvals/read-pending-approvals.sql.js';
import { explain, rowsLookedAt } from './support/explain.js';
import { full } from './support/full.js';
import { TeamLeads } from './support/pending-approvals.js';
import { useVersioner } from './support/use-versioner.js';

const bed = useVersioner();

it('reads no more of what was refused than a page asks for', async () => {
  const leads = await TeamLeads.on(bed);
  await leads.start();
  await bed.database.query(
    `WITH more AS MATERIALIZED (
       SELECT n, gen_random_uuid() AS version_id, gen_random_uuid() AS check_id, n * interval '1 second' AS before
       FROM generate_series(1, $1::int) n
     ), versions AS (
       INSERT INTO versions (account_id, id, product_id, version, created_at, updated_at)
       SELECT account_id, version_id, product_id, 'v' || n, created_at, updated_at FROM versions, more
     ), checks AS (
       INSERT INTO preflight_checks (account_id, id, product_id, version_id, environment_id, outcome, status_code, code,
         policy_revision, violations, rules_evaluated, facts, attempt, checked_at)
       SELECT account_id, check_id, product_id, more.version_id, environment_id, outcome, status_code, code,
         policy_revision, violations, rules_evaluated, facts, attempt, checked_at - before FROM preflight_checks, more
     )
     INSERT INTO rule_violations (account_id, id, preflight_check_id, n, rule_id, product_id, environment_id, code, created_at)
     SELECT account_id, gen_random_uuid(), check_id, r.n, rule_id, product_id, environment_id, code, created_at - before
     FROM rule_violations r, more`,
    [full(50_000, 3_000)],
  );
  await bed.database.query('ANALYZE');
  const [{ values }] = (await bed.rows(
    `SELECT json_build_array(account_id, ARRAY[rule_id], created_at) AS values FROM rule_violations ORDER BY created_at DESC LIMIT 1`,
  )) as [{ values: [string, string[], string] }];
  for (const generic of ['force_generic_plan', 'force_custom_plan']) {
    await bed.database.query(`SET plan_cache_mode = ${generic}`);
    const nodes = await explain(bed.database, { name: `pending_${uuidv7()}`, text: listBlockedAttempts.text, values });
    expect(nodes[0]!['Actual Rows']).toBe(attemptsAtOnce);
    expect(Math.max(...nodes.map(rowsLookedAt))).toBeLessThan(2 * attemptsAtOnce);
  }
}, 120_000);
