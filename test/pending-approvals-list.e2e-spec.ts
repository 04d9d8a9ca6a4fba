import { beforeEach, describe, expect, it } from '@jest/globals';
import { createPerson } from './support/create-person.js';
import { createStranger } from './support/create-stranger.js';
import { request } from './support/documented-request.js';
import { type Pending, TeamLeads } from './support/pending-approvals.js';
import { detailsOf, hour, minute, useVersioner } from './support/use-versioner.js';

const sha = (digit: number): string => String(digit).repeat(40);
const day = 24 * hour;

describe('GET /me/pending-approvals', () => {
  const bed = useVersioner();
  let leads: TeamLeads;

  beforeEach(async () => {
    leads = await TeamLeads.on(bed);
  });

  it('is for those whose approval counts', async () => {
    await leads.start({ deployed_by: 'LEAD' });
    const other = await createPerson(bed.versioner, 'viewer', { approver_roles: ['Team-Lead'] });
    const robot = await createPerson(bed.versioner, 'admin', { kind: 'service' });
    const reader = await bed.admin.post('/api-keys/', { name: 'reader', scopes: ['read'] });
    expect(await leads.versionsOf(other)).toEqual(['1.2.3 in production']);
    // It is their own, they hold no such role, they approve nothing, they are of another account.
    for (const { token } of [
      leads.lead,
      await createPerson(bed.versioner, 'release_manager'),
      await createPerson(bed.versioner, 'viewer'),
      robot,
      { token: (reader.body as { key: string }).key },
      { token: await createStranger(bed.versioner) },
    ]) {
      expect(await leads.pendingOf({ token })).toEqual([]);
    }
    expect((await bed.pipeline.get('/me/pending-approvals')).status).toBe(403);
  });

  it('is over when enough others have approved, when one has rejected, and when the rule is off', async () => {
    const second = await createPerson(bed.versioner, 'viewer', { approver_roles: ['team-lead'] });
    await leads.start();
    const call = (await leads.pendingOf(leads.lead))[0]!.calls[0]!;
    await leads.send(call, second);
    expect([await leads.versionsOf(leads.lead), await leads.versionsOf(second)]).toEqual([[], []]);
    const rejection = await leads.send(call, second, { decision: 'rejected' });
    expect([await leads.versionsOf(leads.lead), await leads.versionsOf(second)]).toEqual([['1.2.3 in production'], []]);
    const address = rejection.headers.get('location')!;
    await request(bed.versioner.url).delete(address).set('Authorization', `Bearer ${second.token}`).expect(204);
    expect(await leads.versionsOf(second)).toEqual(['1.2.3 in production']);

    await leads.endRule();
    expect(await leads.pendingOf(second)).toEqual([]);
  });

  it('comes back when the version gets another SHA, which is not what was shown', async () => {
    await leads.start();
    const [before] = await leads.pendingOf(leads.lead);
    await leads.send(before!.calls[0]!);
    await leads.build('1.2.3', { scm_sha: sha(7) });
    const [after] = await leads.pendingOf(leads.lead);
    expect(after).toMatchObject({ scm_sha: sha(7), calls: [{ body: { scm_sha: sha(7) } }] });
    expect((await leads.send(before!.calls[0]!)).status).toBe(409);
    expect((await leads.send(after!.calls[0]!)).status).toBe(201);
    expect(await leads.pendingOf(leads.lead)).toEqual([]);
  });

  it('is about the last attempt for each version and environment, newest first, of 30 days', async () => {
    await leads.rule(
      'everywhere',
      'approval',
      { required_approvals: 1, approver_roles: ['team-lead'] },
      { environments: [] },
    );
    await leads.start({ version: '0.9' });
    bed.clock.advance(30 * day - 10 * minute);
    const first = await leads.start({ version: '1.0' });
    await leads.start({ version: '1.1' });
    await leads.start({ version: '1.1', environment_name: 'staging' });
    const again = await leads.start({ version: '1.0', invoke_id: 'again' });
    expect(detailsOf(again)['preflight_check_id']).not.toBe(detailsOf(first)['preflight_check_id']);
    // Reported as done, whatever was asked.
    await leads.start({ version: '1.2' });
    await leads.start({ version: '1.2', status: 'completed', invoke_id: 'done' }, 201);

    const all = ['1.0 in production', '1.1 in staging', '1.1 in production', '0.9 in production'];
    expect(await leads.versionsOf(leads.lead)).toEqual(all);
    const pages = await leads.client(leads.lead).list<Pending>('/me/pending-approvals?limit=1');
    expect(pages).toEqual(await leads.pendingOf(leads.lead));
    bed.clock.advance(10 * minute);
    expect(await leads.versionsOf(leads.lead)).toEqual(all.slice(0, 3));
  });

  it('is found behind any number of versions that one has approved already', async () => {
    await leads.start({ version: 'deep' });
    const { version_id, preflight_check_id } = detailsOf(await leads.start({ version: 'approved' }));
    await leads.client(leads.lead).post(`/versions/${String(version_id)}/approvals`, { decision: 'approved' });
    // As many again of each row that the two have left.
    await bed.database.query(
      `INSERT INTO versions (account_id, id, product_id, version, created_at, updated_at)
       SELECT account_id, gen_random_uuid(), product_id, 'copy ' || n, created_at, updated_at
       FROM versions CROSS JOIN generate_series(1, 450) AS n WHERE id = $1`,
      [version_id],
    );
    const copy = async (table: string, changes: string, from: string): Promise<unknown> =>
      bed.database.query(
        `INSERT INTO ${table} SELECT (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(), ${changes}))).*
         FROM ${table} o, ${from}`,
      );
    const copies = "versions v WHERE v.version LIKE 'copy %'";
    await copy('approvals', "'version_id', v.id", copies);
    await copy('preflight_checks', "'version_id', v.id", `${copies} AND o.id = '${String(preflight_check_id)}'`);
    const ofCopies = `preflight_checks c JOIN ${copies.replace('WHERE', 'ON v.id = c.version_id WHERE')}`;
    await copy(
      'rule_violations',
      "'preflight_check_id', c.id",
      `${ofCopies} AND o.preflight_check_id = '${String(preflight_check_id)}'`,
    );

    expect(await leads.versionsOf(leads.lead)).toEqual(['deep in production']);
    const other = await createPerson(bed.versioner, 'viewer', { approver_roles: ['team-lead'] });
    expect(await leads.versionsOf(other)).toEqual(['deep in production']);
    await bed.database.query('DELETE FROM approvals');
    const pages = await leads.client(other).list<Pending>('/me/pending-approvals?limit=200');
    expect(new Set(pages.map(({ version }) => version)).size).toBe(452);
  });
});
