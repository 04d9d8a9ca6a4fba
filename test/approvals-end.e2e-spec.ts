import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Approval, JudgedVersion, policyRevision } from './support/approvals.js';
import { request } from './support/documented-request.js';
import { eventually } from './support/eventually.js';
import { unknownId } from './support/reader.js';
import { idOf, useVersioner } from './support/use-versioner.js';

const whole = '9fceb02d0ae598e95dc970b74767f19372d61af8';
const other = '0123456789abcdef0123456789abcdef01234567';

describe('approvals of a version', () => {
  const bed = useVersioner();
  let version: JudgedVersion;

  beforeEach(async () => {
    version = await JudgedVersion.on(bed);
  });

  describe('are withdrawn', () => {
    it('by whoever gave them, once', async () => {
      const qa = await version.person('qa');
      const approval = (await version.decide(qa)).body as Approval;
      const before = await policyRevision(bed);
      bed.clock.set('2026-03-02T15:00:00.000Z');
      expect(await version.withdraw(qa, approval.id)).toBe(204);
      const withdrawn = {
        ...approval,
        withdrawn_at: '2026-03-02T15:00:00.000Z',
        withdrawn_by: qa.userId,
        stands: false,
        ended_by: 'withdrawal',
      };
      expect(await version.read(approval.id)).toEqual(withdrawn);
      bed.clock.set('2026-03-02T16:00:00.000Z');
      expect(await version.withdraw(qa, approval.id)).toBe(204);
      expect(await version.read(approval.id)).toEqual(withdrawn);
      expect(await policyRevision(bed)).toBe(before + 1);
      expect(await bed.rows("SELECT before, after FROM audit_log WHERE action = 'approval.withdrawn'")).toEqual([
        { before: approval, after: withdrawn },
      ]);
      expect((await version.decide(qa)).status).toBe(201);
    });

    it('also by who has lost the role since', async () => {
      const qa = await version.person('qa');
      const id = idOf(await version.decide(qa));
      await bed.admin.patch(`/users/${qa.userId}`, { role: 'viewer' });
      expect(await version.withdraw(qa, id)).toBe(204);
    });

    it('by an admin where they are rejections, and by nobody else', async () => {
      const qa = await version.person('qa');
      const approval = idOf(await version.decide(qa));
      const rejection = idOf(await version.decide(qa, { decision: 'rejected', approval_type: 'qa' }));
      const others = [
        await version.person('release_manager'),
        await version.person('qa'),
        await version.person('admin', { kind: 'service' }),
      ];
      for (const { token } of [...others, { token: bed.versioner.apiKey }]) {
        expect(await version.withdraw({ token }, rejection)).toBe(403);
      }
      const admin = await version.person('admin');
      expect(await version.withdraw(admin, approval)).toBe(403);
      expect(await version.withdraw(admin, rejection)).toBe(204);
      expect(await version.read(rejection)).toMatchObject({ withdrawn_by: admin.userId, ended_by: 'withdrawal' });
      expect(await version.withdraw(admin, unknownId)).toBe(404);
    });

    it('not by who has seen an older state', async () => {
      const qa = await version.person('qa');
      const { body } = await version.decide(qa);
      const url = `${version.path}/${(body as Approval).id}`;
      const tag = (await version.as(qa).get(url)).headers.get('etag')!;
      await version.build({ status: 'completed', scm_sha: whole });
      const remove = (ifMatch: string) =>
        request(bed.versioner.url)
          .delete(url)
          .set({ Authorization: `Bearer ${qa.token}`, 'If-Match': ifMatch });
      await remove(tag).expect(412);
      await remove((await version.as(qa).get(url)).headers.get('etag')!).expect(204);
    });
  });

  describe('stand for the SHA that the version had', () => {
    it('and end when it gets one, or another one', async () => {
      const qa = await version.person('qa');
      const before = idOf(await version.decide(qa));
      await version.build({ status: 'started', scm_sha: other, invoke_id: '1' });
      expect(await version.read(before)).toMatchObject({ scm_sha: null, stands: false, ended_by: 'new_sha' });
      const between = idOf(await version.decide(qa));
      await version.build({ status: 'started', scm_sha: whole.slice(0, 7), invoke_id: '2' });
      expect(await version.read(between)).toMatchObject({ scm_sha: other, stands: false, ended_by: 'new_sha' });
      const after = idOf(await version.decide(qa));
      await version.build({ status: 'completed', scm_sha: whole, invoke_id: '2' });
      expect(await version.read(after)).toMatchObject({ scm_sha: whole.slice(0, 7), stands: true, ended_by: null });
      expect(await version.read(before)).toMatchObject({ ended_by: 'withdrawal' });
    });

    it('which nobody decides about unseen', async () => {
      const qa = await version.person('qa');
      expect((await version.decide(qa, { scm_sha: null })).status).toBe(201);
      expect(await version.decide(qa, { scm_sha: whole })).toMatchObject({
        status: 409,
        body: { detail: 'Version 1.2.3 has no SHA yet: look at it again before you decide' },
      });
      await version.build({ status: 'completed', scm_sha: whole });
      expect(await version.decide(qa, { scm_sha: null })).toMatchObject({
        status: 409,
        body: { detail: `Version 1.2.3 has the SHA ${whole} by now: look at it again before you decide` },
      });
      expect(await version.decide(qa, { scm_sha: other })).toMatchObject({
        status: 409,
        body: { detail: `Version 1.2.3 has the SHA ${whole}, not ${other}: look at it again before you decide` },
      });
      for (const scm_sha of [whole, ` ${whole.slice(0, 7).toUpperCase()} `]) {
        expect((await version.decide(qa, { scm_sha })).status).toBe(201);
      }
    });

    it('when the decision is recorded: a build event that came before is waited for', async () => {
      const qa = await version.person('qa');
      await bed.database.query('BEGIN');
      await bed.database.query('UPDATE versions SET scm_sha = $2 WHERE id = $1', [version.id, whole]);
      let answered = false;
      const decision = version.decide(qa).finally(() => (answered = true));
      const waits = async (): Promise<boolean> =>
        (await bed.rows('SELECT FROM pg_locks WHERE NOT granted AND transactionid::text = pg_current_xact_id()::text'))
          .length > 0;
      await eventually(async () => answered || (await waits()));
      await bed.database.query('COMMIT');
      expect((await decision).body).toMatchObject({ scm_sha: whole, stands: true });
    });
  });
});
