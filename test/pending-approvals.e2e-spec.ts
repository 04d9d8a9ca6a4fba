import { beforeEach, describe, expect, it } from '@jest/globals';
import { createPerson } from './support/create-person.js';
import { TeamLeads } from './support/pending-approvals.js';
import { detailsOf, idOf, useVersioner } from './support/use-versioner.js';

const sha = (digit: number): string => String(digit).repeat(40);

describe('GET /me/pending-approvals', () => {
  const bed = useVersioner();
  let leads: TeamLeads;

  beforeEach(async () => {
    leads = await TeamLeads.on(bed);
  });

  it('shows what one needs to decide, and what to send; then it starts', async () => {
    await leads.build('1.0', { scm_sha: sha(1) });
    const running = await bed.report({ version: '1.0', status: 'completed', deployed_by: 'hubot' });
    await leads.build('1.1', { scm_sha: sha(2) });
    await leads.build('1.2', { scm_sha: sha(3), status: 'failed' });
    await leads.build('1.3', { scm_sha: sha(4), build_url: 'https://ci.example.com/builds/13' });
    const asked = {
      deployed_by_email: 'o@example.com',
      deployed_by_name: 'Octo',
      deploy_url: 'https://ci.example.com/1',
    };
    const blocked = await leads.start({ version: '1.3', ...asked });
    const { preflight_check_id, product_id, version_id, environment_id, rule_id } = detailsOf(blocked);

    const [entry, ...more] = await leads.pendingOf(leads.lead);
    expect(more).toEqual([]);
    expect(entry).toEqual({
      preflight_check_id,
      product_id,
      product_name: 'my-service',
      version_id,
      version: '1.3',
      scm_sha: sha(4),
      scm_branch: 'main',
      scm_repository: 'acme/my-service',
      build_url: 'https://ci.example.com/builds/13',
      environment_id,
      environment_name: 'production',
      environment_type: 'production',
      asked: { at: '2026-03-02T14:01:04.000Z', deployed_by: 'octocat', ...asked },
      running: {
        deployment_id: idOf(running),
        version_id: (running.body as { version_id: string }).version_id,
        version: '1.0',
        scm_sha: sha(1),
        deployed_at: '2026-03-02T14:00:01.000Z',
        deployed_by: 'hubot',
      },
      difference: {
        direction: 'forward',
        from_version: '1.0',
        from_sha: sha(1),
        to_version: '1.3',
        to_sha: sha(4),
        versions_between_count: 2,
        versions_between: [
          { version_id: expect.any(String), version: '1.2', scm_sha: sha(3), created_at: '2026-03-02T14:00:03.000Z' },
          { version_id: expect.any(String), version: '1.1', scm_sha: sha(2), created_at: '2026-03-02T14:00:02.000Z' },
        ],
      },
      missing: [
        {
          rule_id,
          rule_name: 'four_eyes',
          code: 'APPROVAL_REQUIRED',
          message: 'production deployment requires approval from 1 team-lead',
          required_approvals: 1,
          current_approvals: 0,
          approver_roles: ['team-lead'],
          required_approval_types: [],
          missing_approval_types: [],
          prerequisite_environment: null,
        },
      ],
      calls: [
        {
          method: 'POST',
          path: `/versions/${String(version_id)}/approvals`,
          body: { decision: 'approved', environment: 'production', approval_type: null, scm_sha: sha(4) },
        },
      ],
    });

    expect((await leads.send(entry!.calls[0]!)).status).toBe(201);
    expect(await leads.pendingOf(leads.lead)).toEqual([]);
    await leads.start({ version: '1.3' }, 201);
  });

  it('of a version without a build, where nothing runs', async () => {
    await leads.start();
    expect(await leads.pendingOf(leads.lead)).toMatchObject([
      {
        scm_sha: null,
        build_url: null,
        running: null,
        difference: { direction: 'first', from_version: null, from_sha: null, to_sha: null, versions_between: [] },
        calls: [{ body: { scm_sha: null } }],
      },
    ]);
  });

  it('of a way back shows what is undone, of the same once more nothing, and of many the newest', async () => {
    for (let n = 0; n < 25; n++) await leads.build(`1.${n}`);
    await bed.report({ version: '1.23', status: 'completed' });
    await leads.start({ version: '1.0' });
    await leads.start({ version: '1.23' });
    const [same, back] = await leads.pendingOf(leads.lead);
    expect(same).toMatchObject({
      version: '1.23',
      difference: { direction: 'none', versions_between_count: 0, versions_between: [] },
    });
    expect(back).toMatchObject({ version: '1.0', difference: { direction: 'back', versions_between_count: 22 } });
    const { versions_between } = back!['difference'] as { versions_between: { version: string }[] };
    expect(versions_between.map(({ version }) => version)).toEqual(Array.from({ length: 20 }, (_, n) => `1.${22 - n}`));
  });

  it('names each type that one may give, for the environment in which it counts', async () => {
    const quality = { required_approval_types: ['qa', 'security', 'performance'], prerequisite_environment: 'Staging' };
    await leads.rule('quality', 'version_approval', quality);
    const qa = await createPerson(bed.versioner, 'qa');
    await bed.report({ environment_name: 'staging', status: 'started' });
    await leads.start();
    expect(await leads.pendingOf(qa)).toEqual([]);
    await bed.report({ environment_name: 'staging', status: 'completed' });
    bed.clock.advance(1000);

    const [entry] = await leads.pendingOf(qa);
    expect(entry!['missing']).toEqual([
      {
        rule_id: expect.any(String),
        rule_name: 'quality',
        code: 'QUALITY_APPROVAL_REQUIRED',
        message: expect.stringContaining('staging'),
        required_approvals: null,
        current_approvals: null,
        approver_roles: [],
        required_approval_types: ['qa', 'security', 'performance'],
        missing_approval_types: ['qa', 'security', 'performance'],
        prerequisite_environment: 'staging',
      },
    ]);
    expect(entry!.calls.map(({ body }) => [body['approval_type'], body['environment']])).toEqual([
      ['qa', 'staging'],
      ['performance', 'staging'],
    ]);
    for (const call of entry!.calls) expect((await leads.send(call, qa)).status).toBe(201);
    expect(await leads.pendingOf(qa)).toEqual([]);
    const security = await createPerson(bed.versioner, 'security');
    expect((await leads.pendingOf(security))[0]!.calls).toHaveLength(1);
  });

  it('asks in the words of the rule', async () => {
    await leads.rule(
      'worded',
      'version_approval',
      { required_approval_types: ['uat'] },
      { message: 'Show it to the shop' },
    );
    await leads.start();
    const product = await createPerson(bed.versioner, 'product');
    expect(await leads.pendingOf(product)).toMatchObject([{ missing: [{ message: 'Show it to the shop' }] }]);
  });
});
