import { expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { listDeployments } from '../src/deployments/read-deployments.sql.js';
import { explain, rowsLookedAt } from './support/explain.js';
import { full } from './support/full.js';
import { useVersioner } from './support/use-versioner.js';

const bed = useVersioner();
const cut = { limit: 50, after: null, from: null, to: null };
const nothing = {
  product: null,
  environment: null,
  environmentType: null,
  version: null,
  deployedBy: null,
  scmSha: null,
};

it('reads the open deployments alone, however many have ended', async () => {
  await bed.report({ status: 'completed' });
  // As many others that ended, none that is open.
  await bed.database.query(
    `INSERT INTO deployments (account_id, id, product_id, version_id, environment_id, status, started_at, completed_at,
       last_event_at, effective_completed_at, created_at, updated_at)
     SELECT d.account_id, gen_random_uuid(), d.product_id, d.version_id, d.environment_id, 'completed', at, at, at, at, at, at
     FROM deployments d, generate_series(1, $1::int) n, LATERAL (SELECT d.created_at - n * interval '1 second' AS at) t`,
    [full(300_000, 20_000)],
  );
  await bed.database.query('ANALYZE deployments');
  const { accountId } = (await bed.rows(`SELECT id AS "accountId" FROM accounts`))[0] as { accountId: string };
  for (const generic of ['force_generic_plan', 'force_custom_plan']) {
    const { statement, values } = listDeployments(accountId, { ...nothing, status: ['started'] }, cut, null);
    await bed.database.query(`SET plan_cache_mode = ${generic}`);
    const nodes = await explain(bed.database, { name: `open_${uuidv7()}`, text: statement.text, values });
    expect(nodes.map((node) => node['Index Name'])).toContain('deployments_open_idx');
    expect(Math.max(...nodes.map(rowsLookedAt))).toBeLessThan(10);
  }
}, 120_000);
