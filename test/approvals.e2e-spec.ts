import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { startVersioner } from '../src/testing/start-versioner.js';
import { type Approval, JudgedVersion, policyRevision } from './support/approvals.js';
import { createStranger } from './support/create-stranger.js';
import { request } from './support/documented-request.js';
import { Pipeline } from './support/pipeline.js';
import { unknownId } from './support/reader.js';
import { idOf, testStart, useVersioner } from './support/use-versioner.js';

const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const whole = '9fceb02d0ae598e95dc970b74767f19372d61af8';

describe('approvals of a version', () => {
  const bed = useVersioner();
  let version: JudgedVersion;

  beforeEach(async () => {
    version = await JudgedVersion.on(bed);
  });

  it('are recorded with what was decided, by whom, as what and about which SHA', async () => {
    await version.build({ status: 'completed', scm_sha: whole });
    const qa = await version.person('qa', { name: 'Mona', approver_roles: ['team-lead', 'manager'] });
    bed.clock.set('2026-03-02T15:00:00.000Z');
    const before = await policyRevision(bed);
    const { status, body, headers } = await version.decide(qa, {
      environment: 'Production',
      approval_type: 'qa',
      comments: 'Smoke tests are green',
    });
    const approval = {
      id: uuid,
      version_id: version.id,
      environment_id: version.environmentId,
      environment_name: 'production',
      decision: 'approved',
      approval_type: 'qa',
      comments: 'Smoke tests are green',
      user_id: qa.userId,
      user_name: 'Mona',
      roles: ['qa', 'team-lead', 'manager'],
      scm_sha: whole,
      created_at: '2026-03-02T15:00:00.000Z',
      withdrawn_at: null,
      withdrawn_by: null,
      stands: true,
      ended_by: null,
    };
    expect([status, body]).toEqual([201, approval]);
    const { id } = body as Approval;
    expect(headers.get('location')).toBe(`${version.path}/${id}`);
    expect(await version.read(id)).toEqual(body);
    expect(await version.approvals()).toEqual([body]);
    expect((await bed.admin.get(`/versions/${version.id}`)).body).toMatchObject({ approvals: [body] });
    expect(await policyRevision(bed)).toBe(before + 1);
    expect(
      await bed.rows("SELECT action, user_id, before, after FROM audit_log WHERE resource_type = 'approval'"),
    ).toEqual([{ action: 'approval.approved', user_id: qa.userId, before: null, after: body }]);
  });

  it('are about every environment and of no type, unless they say so', async () => {
    const nothing = { environment: null, approval_type: null, comments: '' };
    for (const fields of [{}, nothing]) {
      const { body } = await version.decide(await version.person('qa'), fields);
      expect(body).toMatchObject({ environment_id: null, environment_name: null, approval_type: null, comments: null });
    }
  });

  it('name an environment by its name or id', async () => {
    const qa = await version.person('qa');
    for (const environment of [' PRODUCTION ', version.environmentId, version.environmentId.toUpperCase()]) {
      expect((await version.decide(qa, { environment })).body).toMatchObject({ environment_id: version.environmentId });
    }
    expect(await version.decide(qa, { environment: 'nowhere' })).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'environment'], msg: 'unknown environment', type: 'value_error.unknown' }] },
    });
    expect((await version.decide(qa, { environment: unknownId })).status).toBe(422);
    expect((await version.decide(qa, { environment: '' })).status).toBe(422);
  });

  it.each<[string, string | null, { approver_roles?: string[]; kind?: string }]>([
    ['qa', 'qa', {}],
    ['qa', null, {}],
    ['sre', 'performance', {}],
    ['developer', 'code_review', {}],
    ['release_manager', 'compliance', {}],
    ['admin', 'uat', {}],
    ['viewer', null, { approver_roles: ['team-lead'] }],
    ['developer', null, { approver_roles: ['team-lead'] }],
  ])('are given by role %s of the type %s %j', async (role, approval_type, fields) => {
    expect(await version.decide(await version.person(role, fields), { approval_type })).toMatchObject({
      status: 201,
      body: { approval_type, roles: [role, ...(fields.approver_roles ?? [])] },
    });
  });

  it.each<[string, string | null, { approver_roles?: string[]; kind?: string }]>([
    ['qa', 'security', {}],
    ['sre', 'qa', {}],
    ['developer', null, {}],
    ['developer', 'qa', { approver_roles: ['qa'] }],
    ['viewer', null, {}],
    ['viewer', 'qa', { approver_roles: ['team-lead'] }],
    ['billing', 'uat', {}],
    ['admin', null, { kind: 'service' }],
    ['qa', 'qa', { kind: 'service' }],
  ])('are not given by role %s of the type %s %j', async (role, approval_type, fields) => {
    expect(await version.decide(await version.person(role, fields), { approval_type })).toMatchObject({
      status: 403,
      body: { detail: 'You do not have permission to perform this action' },
    });
    expect(await version.approvals()).toEqual([]);
  });

  it('are not given by an API key, whatever its scopes', async () => {
    const { body } = await bed.admin.post('/api-keys/', {
      name: 'all',
      scopes: ['events:write', 'read', 'preflight:skip'],
    });
    expect((await version.decide({ token: (body as { key: string }).key })).status).toBe(403);
  });

  it('are given under the roles of that moment, not of a second ago', async () => {
    const replica = await startVersioner({ join: bed.versioner });
    try {
      const qa = await version.person('qa');
      const here = new Pipeline(replica.url, qa.token);
      expect((await here.get('/me')).status).toBe(200);
      await bed.admin.patch(`/users/${qa.userId}`, { approver_roles: ['lead'] });
      expect((await here.post(version.path, { decision: 'approved' })).body).toMatchObject({ roles: ['qa', 'lead'] });
      await bed.admin.patch(`/users/${qa.userId}`, { role: 'viewer', approver_roles: [] });
      expect((await here.post(version.path, { decision: 'approved' })).status).toBe(403);
    } finally {
      await replica.stop();
    }
  });

  it('keep the roles under which they were given', async () => {
    const qa = await version.person('qa', { approver_roles: ['team-lead'] });
    const { body } = await version.decide(qa);
    await bed.admin.patch(`/users/${qa.userId}`, { role: 'viewer', approver_roles: [] });
    expect(await version.read((body as Approval).id)).toEqual(body);
  });

  it('are of known versions of one’s own account', async () => {
    const qa = await version.person('qa');
    expect((await version.as(qa).post(`/versions/${unknownId}/approvals`, { decision: 'approved' })).status).toBe(404);
    expect((await version.as(qa).get(`/versions/${unknownId}/approvals`)).status).toBe(404);
    const id = idOf(await version.decide(qa));
    expect((await bed.admin.get(`/versions/${unknownId}/approvals/${id}`)).status).toBe(404);
    const stranger = { token: await createStranger(bed.versioner) };
    expect((await version.decide(stranger)).status).toBe(404);
    expect((await version.as(stranger).get(version.path)).status).toBe(404);
    expect((await version.as(stranger).get(`${version.path}/${id}`)).status).toBe(404);
    expect(await version.withdraw(stranger, id)).toBe(404);
  });

  it('are told every fault at once', async () => {
    const faulty = {
      decision: 'maybe',
      environment: 1,
      approval_type: 'taste',
      comments: 'x'.repeat(2001),
      scm_sha: '',
    };
    const { status, body } = await version.decide(await version.person('admin'), faulty);
    const { detail } = body as { detail: { loc: string[] }[] };
    expect([status, detail.map(({ loc }) => loc.at(-1))]).toEqual([
      422,
      ['decision', 'environment', 'approval_type', 'comments', 'scm_sha'],
    ]);
    expect((await version.decide(await version.person('qa'), { comments: '😀'.repeat(2000) })).status).toBe(201);
  });

  it('take the place of the former decision of the same person in the same matter', async () => {
    const [qa, admin] = [await version.person('qa'), await version.person('admin')];
    const ofOthers = [await version.decide(admin), await version.decide(qa, { approval_type: 'qa' })];
    const elsewhere = await version.decide(qa, { environment: 'production' });
    const first = await version.decide(qa, { comments: 'fine' });
    bed.clock.set('2026-03-02T15:00:00.000Z');
    const second = await version.decide(qa, { decision: 'rejected' });
    expect(await version.read(idOf(first))).toEqual({
      ...(first.body as Approval),
      withdrawn_at: '2026-03-02T15:00:00.000Z',
      withdrawn_by: qa.userId,
      stands: false,
      ended_by: 'withdrawal',
    });
    for (const { body } of [...ofOthers, elsewhere, second])
      expect(await version.read((body as Approval).id)).toEqual(body);
    expect((await version.approvals()).map(({ id }) => id)).toEqual(
      [second, first, elsewhere, ...ofOthers.toReversed()].map(idOf),
    );
    expect(await bed.admin.list(`${version.path}?limit=2`)).toEqual(await version.approvals());
    const audited = await bed.rows(
      "SELECT action, resource_id FROM audit_log WHERE resource_type = 'approval' ORDER BY at DESC, id DESC LIMIT 2",
    );
    expect(audited).toEqual([
      { action: 'approval.rejected', resource_id: idOf(second) },
      { action: 'approval.withdrawn', resource_id: idOf(first) },
    ]);
  });

  it('of one person in one matter leave one standing, however many arrive at once', async () => {
    const qa = await version.person('qa');
    const words = Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? 'approved' : 'rejected'));
    const replies = await Promise.all(words.map((decision) => version.decide(qa, { decision })));
    expect(replies.map(({ status }) => status)).toEqual(words.map(() => 201));
    expect((await version.approvals()).map(({ stands }) => stands).filter(Boolean)).toHaveLength(1);
  });

  it('are recorded once under one Idempotency-Key', async () => {
    const qa = await version.person('qa');
    const send = () =>
      request(bed.versioner.url)
        .post(version.path)
        .set({ Authorization: `Bearer ${qa.token}`, 'Idempotency-Key': key })
        .send({ decision: 'approved' })
        .expect(201);
    const key = randomUUID();
    expect((await send()).body).toEqual((await send()).body);
    expect(await version.approvals()).toHaveLength(1);
  });

  it('begin when the service says so', async () => {
    expect((await version.decide(await version.person('qa'))).body).toMatchObject({ created_at: testStart });
  });
});
