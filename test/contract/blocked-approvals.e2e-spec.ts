import { beforeEach, describe, expect, it } from '@jest/globals';
import { JudgedVersion } from '../support/approvals.js';
import { RefusedStarts } from '../support/refused-starts.js';
import { hour, useVersioner } from '../support/use-versioner.js';

/* The refusals that wait for people, whole, as they come over the wire to the CLI and to the action. */

const statusLine = 'HTTP/1.1 428 Precondition Required';

describe('a start that waits for people', () => {
  const bed = useVersioner();
  const refused = new RefusedStarts(bed);
  let version: JudgedVersion;

  // Without a rule that asks for it, nobody needs to approve: the version is known before.
  beforeEach(async () => {
    await bed.report({ environment_name: 'staging', status: 'completed' });
    const { version_id, environment_id } = (await bed.report({ status: 'pending' })).body as Record<string, string>;
    version = new JudgedVersion(bed, version_id!, environment_id!);
  });

  describe('428 APPROVAL_REQUIRED', () => {
    const twoLeads = { name: 'two_leads', type: 'approval', environments: ['production'] };
    const config = { required_approvals: 2, approver_roles: ['team-lead', 'manager'] };

    it('nobody has approved', async () => {
      const rule = await refused.rule({ ...twoLeads, config });
      await refused.expectRefused({
        statusLine,
        violations: [
          {
            code: 'APPROVAL_REQUIRED',
            message: 'production deployment requires approval from 2 team-lead or manager',
            rule,
            details: {
              required_approvals: 2,
              current_approvals: 0,
              approver_roles: ['team-lead', 'manager'],
              approvals: [],
            },
          },
        ],
      });
    });

    it('some have approved: who, when, in which role', async () => {
      const rule = await refused.rule({ ...twoLeads, config });
      const ada = await version.person('developer', { name: 'Ada Lovelace', approver_roles: ['Team-Lead'] });
      bed.clock.set('2026-03-02T14:05:00.900Z');
      expect((await version.decide(ada)).status).toBe(201);
      await refused.expectRefused({
        statusLine,
        violations: [
          {
            code: 'APPROVAL_REQUIRED',
            message: 'production deployment requires approval from 2 team-lead or manager; 1 has approved so far',
            rule,
            details: {
              required_approvals: 2,
              current_approvals: 1,
              approver_roles: ['team-lead', 'manager'],
              approvals: [
                {
                  approved_by: 'Ada Lovelace',
                  user_id: ada.userId,
                  approved_at: '2026-03-02T14:05:00Z',
                  role: 'team-lead',
                },
              ],
            },
          },
        ],
      });
    });

    it('somebody rejects: who, and that it can be withdrawn', async () => {
      const rule = await refused.rule({ ...twoLeads, config: { ...config, required_approvals: 1 } });
      const ada = await version.person('developer', { name: 'Ada Lovelace', approver_roles: ['team-lead'] });
      const grace = await version.person('developer', { name: 'Grace Hopper', approver_roles: ['manager'] });
      await version.decide(ada);
      bed.clock.set('2026-03-02T14:07:00.000Z');
      expect((await version.decide(grace, { decision: 'rejected' })).status).toBe(201);
      await refused.expectRefused({
        statusLine,
        violations: [
          {
            code: 'APPROVAL_REQUIRED',
            message:
              'Version 1.2.3 was rejected by Grace Hopper: it may start in production once they or an admin withdraw that',
            rule,
            details: {
              required_approvals: 1,
              current_approvals: 1,
              approver_roles: ['team-lead', 'manager'],
              approvals: [
                {
                  approved_by: 'Ada Lovelace',
                  user_id: ada.userId,
                  approved_at: '2026-03-02T14:00:00Z',
                  role: 'team-lead',
                },
              ],
              rejections: [
                {
                  rejected_by: 'Grace Hopper',
                  user_id: grace.userId,
                  rejected_at: '2026-03-02T14:07:00Z',
                  role: 'manager',
                  approval_type: null,
                },
              ],
            },
          },
        ],
      });
    });

    it('whoever wonders why their approval is not enough is told', async () => {
      const rule = await refused.rule({ ...twoLeads, config: { ...config, valid_for_hours: 2 } });
      const ada = await version.person('developer', { name: 'Ada Lovelace', approver_roles: ['team-lead'] });
      const octocat = { name: 'Mona Lisa', approver_roles: ['team-lead'], logins: ['Octocat'] };
      await version.decide(ada);
      bed.clock.advance(2 * hour);
      await version.decide(await version.person('developer', octocat));
      await refused.expectRefused({
        statusLine,
        violations: [
          {
            code: 'APPROVAL_REQUIRED',
            message:
              'production deployment requires approval from 2 team-lead or manager. ' +
              'The approval of Ada Lovelace has expired (valid for 2 h): they may approve again. ' +
              'The approval of Mona Lisa does not count: they triggered what they approved',
            rule,
            details: {
              required_approvals: 2,
              current_approvals: 0,
              approver_roles: ['team-lead', 'manager'],
              approvals: [],
            },
          },
        ],
      });
    });

    it('nobody knows who triggers it, where that is asked for', async () => {
      const strict = { ...config, required_approvals: 1, unidentified: 'block' };
      const rule = await refused.rule({ ...twoLeads, config: strict });
      await refused.expectRefused(
        {
          statusLine,
          violations: [
            {
              code: 'APPROVAL_REQUIRED',
              message:
                'It is unknown who triggers this deployment, so the approvals of version 1.2.3 may be self-approvals: send deployed_by with deployment events. ' +
                'production deployment requires approval from 1 team-lead or manager',
              rule,
              details: {
                required_approvals: 1,
                current_approvals: 0,
                approver_roles: ['team-lead', 'manager'],
                approvals: [],
                unidentified: ['deployment'],
              },
            },
          ],
        },
        { deployed_by: '', deployed_by_email: '', deployed_by_name: '' },
      );
    });
  });

  describe('428 QUALITY_APPROVAL_REQUIRED', () => {
    const reviewed = { name: 'reviewed', type: 'version_approval', environments: ['production'] };

    it('names the types that are missing', async () => {
      const config = { required_approval_types: ['qa', 'security', 'uat'] };
      const rule = await refused.rule({ ...reviewed, config });
      await version.decide(await version.person('qa'), { approval_type: 'qa' });
      await refused.expectRefused({
        statusLine,
        violations: [
          {
            code: 'QUALITY_APPROVAL_REQUIRED',
            message: 'production deployment requires security and uat approval of version 1.2.3',
            rule,
            details: {
              required_approval_types: ['qa', 'security', 'uat'],
              missing_approval_types: ['security', 'uat'],
            },
          },
        ],
      });
    });

    it('where it must have been given for another environment, after it completed there', async () => {
      const config = { required_approval_types: ['qa'], prerequisite_environment: 'Staging' };
      const rule = await refused.rule({ ...reviewed, config });
      await version.decide(await version.person('qa'), { approval_type: 'qa' });
      await refused.expectRefused({
        statusLine,
        violations: [
          {
            code: 'QUALITY_APPROVAL_REQUIRED',
            message:
              'production deployment requires qa approval of version 1.2.3, given for staging after it completed there',
            rule,
            details: {
              required_approval_types: ['qa'],
              missing_approval_types: ['qa'],
              prerequisite_environment: 'staging',
            },
          },
        ],
      });
    });

    it('where it has not completed there', async () => {
      const config = { required_approval_types: ['uat'], prerequisite_environment: 'preprod' };
      const rule = await refused.rule({ ...reviewed, config });
      await refused.expectRefused({
        statusLine,
        violations: [
          {
            code: 'QUALITY_APPROVAL_REQUIRED',
            message:
              'production deployment requires uat approval of version 1.2.3, given for preprod after it completed there. ' +
              'It has not completed in preprod yet: deploy it there first',
            rule,
            details: {
              required_approval_types: ['uat'],
              missing_approval_types: ['uat'],
              prerequisite_environment: 'preprod',
            },
          },
        ],
      });
    });

    it('where somebody rejects it', async () => {
      const config = { required_approval_types: ['security'] };
      const rule = await refused.rule({ ...reviewed, config });
      const ada = await version.person('security', { name: 'Ada Lovelace' });
      await version.decide(ada, { decision: 'rejected', approval_type: 'security' });
      await refused.expectRefused({
        statusLine,
        violations: [
          {
            code: 'QUALITY_APPROVAL_REQUIRED',
            message:
              'production deployment requires security approval of version 1.2.3. ' +
              'Ada Lovelace rejected security: that blocks until they or an admin withdraw it',
            rule,
            details: {
              required_approval_types: ['security'],
              missing_approval_types: ['security'],
              rejections: [
                {
                  rejected_by: 'Ada Lovelace',
                  user_id: ada.userId,
                  rejected_at: '2026-03-02T14:00:00Z',
                  approval_type: 'security',
                },
              ],
            },
          },
        ],
      });
    });
  });
});
