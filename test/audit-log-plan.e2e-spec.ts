import { beforeEach, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { type AuditFilter, firstWindow, listAuditLog } from '../src/audit/list-audit-log.sql.js';
import { explain, rowsLookedAt } from './support/explain.js';
import { full } from './support/full.js';
import { useVersioner } from './support/use-versioner.js';

const bed = useVersioner();
const cut = { limit: 50, after: null, from: null, to: null };
const nothing: AuditFilter = {
  action: null,
  resourceType: null,
  resourceId: null,
  actor: null,
  userId: null,
  apiKeyId: null,
  requestId: null,
};

let accountId: string;

beforeEach(async () => {
  // Two weeks of pipelines that do nothing but deploy.
  await bed.database.query(
    `INSERT INTO audit_log (account_id, id, at, actor_kind, api_key_id, request_id, action,
       resource_type, resource_id)
     SELECT a.id, gen_random_uuid(), now() - n * interval '1 minute', 'api_key',
       (SELECT k.id FROM api_keys k WHERE k.account_id = a.id LIMIT 1), 'request-' || n,
       CASE WHEN n % 2 = 0 THEN 'deployment.started' ELSE 'deployment.completed' END, 'deployment', gen_random_uuid()
     FROM accounts a, generate_series(1, $1::int) n`,
    [full(200_000, 20_000)],
  );
  await bed.database.query('ANALYZE audit_log');
  accountId = ((await bed.rows(`SELECT id AS "accountId" FROM accounts`))[0] as { accountId: string }).accountId;
}, 120_000);

it.each<[string, Partial<AuditFilter>, string]>([
  ['a request', { requestId: 'nothing' }, 'audit_log_account_id_request_id_idx'],
  ['a request and what it did', { requestId: 'seldom', actor: ['user'] }, 'audit_log_account_id_request_id_idx'],
  ['an API key', { apiKeyId: uuidv7() }, 'audit_log_account_id_api_key_id_at_idx'],
  ['an action', { action: ['account.created'] }, 'audit_log_rare_action_idx'],
  ['the beginning of an action', { action: ['user.', 'product.deleted'] }, 'audit_log_rare_action_idx'],
  ['what was changed', { resourceType: ['user', 'nothing'] }, 'audit_log_rare_resource_type_idx'],
  ['who did it', { actor: ['service', 'operator'] }, 'audit_log_rare_actor_idx'],
  ['two of these', { actor: ['service'], resourceType: ['user'] }, 'audit_log_rare_resource_type_idx'],
])('finds by %s what is rare, and reads little else', async (_, filter, index) => {
  const { indexes, rows } = await plan({ ...nothing, ...filter });
  expect(indexes).toContain(index);
  expect(rows).toBeLessThan(100);
});

it.each<[string, Partial<AuditFilter>]>([
  ['an action', { action: ['deployment.completed', 'user.created'] }],
  ['the beginning of an action', { action: ['deployment.'] }],
  ['what was changed', { resourceType: ['deployment', 'user'] }],
  ['who did it', { actor: ['api_key', 'user'] }],
])('finds by %s what is frequent among the latest', async (_, filter) => {
  expect((await plan({ ...nothing, ...filter })).rows).toBeLessThan(2 * firstWindow);
});

async function plan(filter: AuditFilter) {
  const { statement, values } = listAuditLog(accountId, filter, cut, firstWindow);
  const nodes = await explain(bed.database, { text: statement.text, values });
  const looked = nodes.filter((node) => node['Relation Name'] === 'audit_log').map(rowsLookedAt);
  return { indexes: nodes.map((node) => node['Index Name']), rows: looked.reduce((sum, rows) => sum + rows, 0) };
}
