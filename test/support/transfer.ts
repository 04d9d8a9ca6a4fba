import { readTableColumns } from '../../src/transfer/table-columns.js';
import { exportedTables } from '../../src/transfer/exported-tables.js';
import type { TestBed } from './use-versioner.js';

/** What grows with what is done to an account, also by exporting, importing and looking at it. */
export const grownTables: readonly string[] = [
  'audit_log',
  'audit_unsealed',
  'audit_links',
  'audit_signing_keys',
  'audit_seals',
  'personal_access_tokens',
];

/** The tables that an export has rows of, or lines that are none. */
export function tableOf(line: string): string {
  return /^\{"table":"(\w+)"/.exec(line)?.[1] ?? '';
}

/** Fills every table of an account: over HTTP, and the odd rest by hand. */
export async function fillAccount(bed: TestBed): Promise<void> {
  const { admin, pipeline } = bed;
  const made = async (path: string, body: object): Promise<Record<string, string>> => {
    const reply = await admin.post(path, body);
    if (reply.status > 201) throw new Error(`POST ${path} was answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    return reply.body as Record<string, string>;
  };
  const later = () => bed.clock.advance(1_000);

  const person = await made('/users/', { email: 'Zoë@example.com', name: 'Zoë “Z” \\ \u2028', role: 'developer' });
  await made(`/users/${person['id']}/invitations`, {});
  later();
  await admin.patch(`/users/${person['id']}`, { role: 'qa', approver_roles: ['team-lead'], logins: ['zoe'] });
  const key = await made('/api-keys/', { name: 'old' });
  await made(`/api-keys/${key['id']}/rotate`, {});
  await made('/personal-access-tokens/', { name: 'mine', expires_at: '2027-01-01T00:00:00Z' });
  await made('/feed-tokens/', { kind: 'calendar' });

  const build = { product_name: 'Ölpreis-Dienst', version: '1.0', scm_sha: '9fceb02d0ae598e95dc970b74767f19372d61af8' };
  await pipeline.post('/build-events/', { ...build, status: 'started', built_by: 'octocat' });
  await pipeline.post('/build-events/', { ...build, status: 'completed', built_by: 'octocat' });
  const event = { product_name: build.product_name, version: '1.0', extra_metadata: { text: 'a\nb\t"c" \u{1F680}' } };
  await pipeline.deploy({ ...event, status: 'completed' });
  const {
    product_id: productId,
    environment_id: environmentId,
    version_id: versionId,
  } = (await pipeline.deploy({ ...event, environment_name: 'dev', invoke_id: 'a' })).body as Record<string, string>;
  await pipeline.deploy({ ...event, version: '2.0', environment_name: 'dev', invoke_id: 'b' });
  await pipeline.deploy({ ...event, version: '2.0', environment_name: 'dev', invoke_id: 'b', status: 'failed' });
  later();
  await admin.patch(`/products/${productId}`, { name: 'oil' });
  await admin.patch(`/environments/${environmentId}`, { type: 'test' });
  await made(`/versions/${versionId}/approvals`, { decision: 'approved', comments: 'fine' });
  const rule = await made('/deployment-rules/', { name: 'slowly', type: 'cooldown', config: { minutes: 120 } });
  await admin.patch(`/deployment-rules/${rule['id']}`, { message: 'Slowly, please' });
  await made('/preflight-overrides/', { product: 'oil', environment: 'production', reason: 'an incident' });
  await pipeline.deploy({ ...event, version: '3.0' });

  // What JavaScript cannot hold, and what nobody can make over HTTP in a minute.
  await bed.rows(
    `UPDATE build_events SET payload = payload || '{"big": 12345678901234567890, "huge": 1e400, "exact": 1.10}'`,
  );
  await bed.rows('UPDATE accounts SET policy_revision = 9007199254740993');
}

/** Columns of the exported tables, by table, as a database has them. */
export async function exportedColumns(bed: TestBed): Promise<[string, string][]> {
  const columns = await readTableColumns(bed.database);
  return exportedTables.flatMap(({ name }) =>
    columns.get(name)!.columns.map((column): [string, string] => [name, column]),
  );
}
