import { beforeEach, describe, expect, it } from '@jest/globals';
import { Asking, cooldown, daily } from './support/asking.js';
import { createPerson } from './support/create-person.js';
import { reason } from './support/override-bed.js';
import { Pipeline } from './support/pipeline.js';
import { detailsOf, idOf, minute, testStart, useVersioner } from './support/use-versioner.js';

const oneLead = (config: object = {}) => ({
  name: 'one lead',
  type: 'approval',
  config: { required_approvals: 1, approver_roles: ['team-lead'], ...config },
});

describe('a dry run', () => {
  const bed = useVersioner();
  const asking = new Asking(bed);

  describe('knows of overrides', () => {
    beforeEach(async () => {
      await asking.rule(cooldown);
      await bed.report({ version: '1.0.0', status: 'completed' });
    });

    async function override(fields: object = {}): Promise<string> {
      const asked = { product: 'my-service', environment: 'production', reason, ...fields };
      return idOf(await bed.admin.post('/preflight-overrides/', asked));
    }

    it('and spends none', async () => {
      const id = await override();
      const allowed = {
        allowed: true,
        status_code: 201,
        code: null,
        override_id: id,
        violations: [{ code: 'COOLDOWN_ACTIVE', override_id: id }],
        next_allowed_at: testStart,
      };
      expect(await asking.ask()).toMatchObject(allowed);
      expect(await asking.ask()).toMatchObject(allowed);
      expect((await bed.admin.get(`/preflight-overrides/${id}`)).body).toMatchObject({ state: 'open' });
      expect(await bed.report()).toMatchObject({ status: 201, body: { preflight_status: 'overridden' } });
    });

    it('only while they last', async () => {
      const id = await override({ expires_in_minutes: 30 });
      expect(await asking.ask({ at: '2026-03-02T14:29:59.999Z' })).toMatchObject({ override_id: id });
      expect(await asking.ask({ at: '2026-03-02T14:30:00Z' })).toMatchObject({ allowed: false, override_id: null });
      expect(await asking.ask({ at: '2026-03-02T12:00:00Z' })).toMatchObject({ override_id: id });
      bed.clock.advance(31 * minute);
      // It has expired, whatever it was like then.
      expect(await asking.ask({ at: '2026-03-02T14:10:00Z' })).toMatchObject({ allowed: false, override_id: null });
    });

    it('but not in its forecast: they may be gone by then', async () => {
      await asking.rule({ ...cooldown, name: 'very slowly', config: { minutes: 240 } });
      await override({ version: '2.0.0' });
      await bed.report({ version: '2.0.0' });
      await override({ expires_in_minutes: 600 });
      // The other deployment is stale at 16:00.
      expect(await asking.ask()).toMatchObject({ status_code: 409, next_allowed_at: '2026-03-02T18:00:00.000Z' });
      expect(await asking.ask({ at: '2026-03-02T16:00:00Z' })).toMatchObject({ allowed: true });
    });

    it('and of what they do not lift', async () => {
      await override({ version: '2.0.0' });
      await bed.report({ version: '2.0.0' });
      await override();
      expect(await asking.ask()).toMatchObject({
        allowed: false,
        code: 'CONCURRENT_DEPLOYMENT',
        override_id: null,
        violations: [{ code: 'COOLDOWN_ACTIVE' }, { code: 'CONCURRENT_DEPLOYMENT' }],
        next_allowed_at: '2026-03-02T16:00:00.000Z',
      });
    });
  });

  describe('says when it may go', () => {
    it('where several things stand in the way one after the other', async () => {
      await asking.rule(cooldown);
      await asking.rule(daily('tea', '15:00', '15:30'));
      await asking.rule(daily('after tea', '15:30', '16:00'));
      await bed.report({ version: '1.0.0', status: 'completed' });
      const asked = await asking.ask();
      expect(asked).toMatchObject({ code: 'COOLDOWN_ACTIVE', next_allowed_at: '2026-03-02T16:00:00.000Z' });
      expect(await asking.ask({ at: asked.next_allowed_at })).toMatchObject({ allowed: true });
      expect(await asking.ask({ at: '2026-03-02T15:59:59.999Z' })).toMatchObject({ allowed: false });
    });

    it('or who is needed first', async () => {
      const id = await asking.rule(oneLead());
      await asking.rule(daily('lunch', '13:00', '15:00'));
      const asked = await asking.ask();
      expect(asked).toMatchObject({ status_code: 423, next_allowed_at: null });
      expect(asked.needs).toEqual([
        {
          code: 'APPROVAL_REQUIRED',
          message: asked.violations.find(({ code }) => code === 'APPROVAL_REQUIRED')!.message,
          rule_id: id,
          rule_name: 'one lead',
        },
      ]);
    });

    it('and sees that an approval will have expired by then', async () => {
      await asking.rule(oneLead({ valid_for_hours: 2 }));
      await asking.rule(daily('lunch', '13:00', '15:00'));
      const refused = await bed.report();
      const lead = await createPerson(bed.versioner, 'developer', { approver_roles: ['team-lead'] });
      const path = `/versions/${detailsOf(refused)['version_id'] as string}/approvals`;
      await new Pipeline(bed.versioner.url, lead.token).post(path, { decision: 'approved' });
      expect(await asking.ask()).toMatchObject({
        status_code: 423,
        next_allowed_at: '2026-03-02T15:00:00.000Z',
        needs: [],
      });
      await asking.rule(daily('nap', '15:00', '16:00'));
      expect(await asking.ask()).toMatchObject({ next_allowed_at: null, needs: [{ code: 'APPROVAL_REQUIRED' }] });
    });

    it('and who does not count: whoever deploys', async () => {
      await asking.rule(oneLead());
      const refused = await bed.report();
      const lead = await createPerson(bed.versioner, 'developer', {
        approver_roles: ['team-lead'],
        logins: ['Octocat'],
      });
      const path = `/versions/${detailsOf(refused)['version_id'] as string}/approvals`;
      await new Pipeline(bed.versioner.url, lead.token).post(path, { decision: 'approved' });
      expect(await asking.ask({ deployed_by: 'hubot' })).toMatchObject({ allowed: true, warnings: [] });
      for (const deployer of [{ deployed_by: 'octocat' }, { deployed_by_email: lead.email!.toUpperCase() }])
        expect(await asking.ask(deployer)).toMatchObject({ allowed: false, needs: [{ code: 'APPROVAL_REQUIRED' }] });
      expect(await asking.ask()).toMatchObject({
        allowed: true,
        warnings: [expect.stringContaining('send deployed_by')],
      });
    });

    it('or that there is no such moment', async () => {
      await asking.rule(daily('always', '00:00', '24:00'));
      expect(await asking.ask()).toMatchObject({
        status_code: 423,
        retry_after: null,
        next_allowed_at: null,
        needs: [],
      });
    });
  });
});
