import { describe, expect, it } from '@jest/globals';
import { before, sampleApproval, sampleAttempt, samplePreflightFacts } from '../../../test/support/sample-attempt.js';
import { approvalCheck } from './approval.check.js';
import type { ApprovalConfig } from './approval.config.js';
import type { ApprovalFact, PreflightFacts } from './check.js';

const approval: ApprovalConfig = {
  requiredApprovals: 2,
  approverRoles: ['team-lead', 'manager'],
  validForHours: null,
  allowSelfApproval: false,
  per: 'version',
  unidentified: 'allow',
};

function evaluate(
  config: Partial<ApprovalConfig>,
  approvals: readonly ApprovalFact[],
  facts: Partial<PreflightFacts> = {},
) {
  const whole = samplePreflightFacts({ approvals, ...facts });
  return approvalCheck.evaluate({ ...approval, ...config }, sampleAttempt(), whole, { name: 'mine' });
}

/** `none` where the rule is met. */
function currentOf({ kind, findings }: ReturnType<typeof evaluate>): unknown {
  return kind === 'passed' ? 'met' : findings[0]?.details['current_approvals'];
}

const [ada, grace, linus] = [sampleApproval('ada'), sampleApproval('grace'), sampleApproval('linus')];
const here = 'id of production';
const there = 'id of staging';

describe('approvalCheck: who counts', () => {
  it.each([
    // required; what was decided; how many count, or that it is met
    [1, [], 0],
    [1, [ada], 'met'],
    [2, [ada], 1],
    [2, [ada, grace], 'met'],
    [2, [ada, grace, linus], 'met'],
    [3, [ada, grace], 2],
    [3, [ada, grace, linus], 'met'],
    [50, [ada, grace, linus], 3],
    // One person is one, however often.
    [2, [ada, sampleApproval('ada', { environmentId: here })], 1],
    [2, [ada, sampleApproval('ada', { environmentId: here }), grace], 'met'],
    // People who are called alike are still two.
    [2, [ada, sampleApproval('ada 2', { userName: 'ada' })], 'met'],
    // The role that counts is one of those held when deciding.
    [1, [sampleApproval('ada', { roles: [] })], 0],
    [1, [sampleApproval('ada', { roles: ['developer'] })], 0],
    [1, [sampleApproval('ada', { roles: ['team-leads'] })], 0],
    [1, [sampleApproval('ada', { roles: ['manager'] })], 'met'],
    [1, [sampleApproval('ada', { roles: ['qa', 'manager', 'team-lead'] })], 'met'],
    [1, [sampleApproval('ada', { roles: ['TEAM-LEAD'] })], 'met'],
    [1, [sampleApproval('ada', { roles: ['Manager '] })], 'met'],
    [2, [ada, sampleApproval('grace', { roles: ['viewer'] })], 1],
    // Approvals of a type are for rules of type version_approval.
    [1, [sampleApproval('ada', { type: 'qa' })], 0],
    [2, [ada, sampleApproval('grace', { type: 'security' })], 1],
    [1, [ada, sampleApproval('ada', { type: 'security' })], 'met'],
  ] as const)('%i required: %#', (requiredApprovals, approvals, current) => {
    expect(currentOf(evaluate({ requiredApprovals }, approvals))).toBe(current);
  });

  it.each([
    // per; the environment of the approval, and the attempt's; does it count
    ['version', null, here, true],
    ['version', here, here, true],
    ['version', there, here, false],
    ['version', null, null, true],
    ['version', there, null, false],
    ['version_environment', null, here, false],
    ['version_environment', here, here, true],
    ['version_environment', there, here, false],
    // An environment that does not exist yet is not the one of an approval for all.
    ['version_environment', null, null, false],
    ['version_environment', there, null, false],
  ] as const)('per %s, for %s, attempt in %s: %s', (per, approved, environmentId, counts) => {
    const result = evaluate({ requiredApprovals: 1, per }, [{ ...ada, environmentId: approved }], { environmentId });
    expect(currentOf(result)).toBe(counts ? 'met' : 0);
  });

  it.each([
    // hours, approved at; does it count
    [null, before(9e6), true],
    [1, before(0), true],
    [1, before(60, -1), true],
    // The boundary instant is over.
    [1, before(60), false],
    [1, before(60, 1), false],
    [72, before(72 * 60, -1), true],
    [72, before(72 * 60), false],
    [87_600, before(87_600 * 60, -1), true],
    [87_600, before(87_600 * 60), false],
    // Asked about a moment before it was given: today's facts count.
    [1, before(-30), true],
  ] as const)('valid for %s h, approved at %j: %s', (validForHours, at, counts) => {
    expect(currentOf(evaluate({ requiredApprovals: 1, validForHours }, [{ ...ada, at }]))).toBe(counts ? 'met' : 0);
  });

  it.each([
    // allowed?, who triggered it; how many count
    [false, [{ ...ada, isOwn: true }], 0],
    [true, [{ ...ada, isOwn: true }], 1],
    [false, [{ ...ada, isOwn: true }, grace], 1],
    [true, [{ ...ada, isOwn: true }, grace], 'met'],
    [false, [{ ...ada, isOwn: true }, grace, linus], 'met'],
  ] as const)('self-approval allowed %s: %#', (allowSelfApproval, approvals, current) => {
    expect(currentOf(evaluate({ allowSelfApproval }, approvals))).toBe(current);
  });

  it.each([
    // the role in the rule, the one that is held; is it the same
    ['Team Lead', 'team lead', true],
    ['TEAM-LEAD', 'Team-Lead', true],
    ['équipe', 'E\u0301QUIPE', true],
    ['team-lead', 'team_lead', false],
    ['lead', 'team-lead', false],
  ] as const)('asks for %s, held %s: %s', (asked, held, same) => {
    const result = evaluate({ requiredApprovals: 1, approverRoles: [asked] }, [{ ...ada, roles: [held] }]);
    expect(currentOf(result)).toBe(same ? 'met' : 0);
  });

  it('counts somebody whose later approval stands although an earlier one has expired', () => {
    const renewed = sampleApproval('ada', { environmentId: here, at: before(30) });
    const expired = { ...ada, at: before(90) };
    for (const approvals of [
      [expired, renewed],
      [renewed, expired],
    ]) {
      expect(currentOf(evaluate({ requiredApprovals: 1, validForHours: 1 }, approvals))).toBe('met');
    }
  });
});

describe('approvalCheck: rejections', () => {
  const rejection = sampleApproval('linus', { decision: 'rejected', at: before(9e6) });

  it.each([
    // per; the rejection, beside enough approvals; does it block
    ['version', rejection, true],
    ['version', { ...rejection, environmentId: here }, true],
    ['version', { ...rejection, environmentId: there }, false],
    ['version', { ...rejection, roles: ['viewer'] }, false],
    ['version', { ...rejection, roles: ['Manager'] }, true],
    // Of whatever type: somebody who may say no has said no.
    ['version', { ...rejection, type: 'security' }, true],
    ['version', { ...rejection, isOwn: true }, true],
    // By somebody whose approval for another environment counts as well.
    ['version', { ...rejection, userId: 'ada', environmentId: here }, true],
    ['version_environment', { ...rejection, environmentId: here }, true],
    ['version_environment', { ...rejection, environmentId: there }, false],
    ['version_environment', rejection, true],
  ] as const)('per %s: %# blocks %s', (per, rejected, blocks) => {
    const approvals = [ada, grace].map((one) => ({ ...one, environmentId: here }));
    const { kind, findings } = evaluate({ per, validForHours: 2 }, [...approvals, rejected]);
    expect(kind).toBe(blocks ? 'failed' : 'passed');
    expect(findings.map(({ details }) => [details['current_approvals'], details['rejections']])).toEqual(
      blocks
        ? [
            [
              2,
              [
                {
                  rejected_by: 'linus',
                  user_id: rejected.userId,
                  rejected_at: '2009-01-20T14:00:00Z',
                  role: rejected.roles[0] === 'Manager' ? 'manager' : 'team-lead',
                  approval_type: rejected.type,
                },
              ],
            ],
          ]
        : [],
    );
  });
});

describe('approvalCheck: who triggered it is unknown', () => {
  const build =
    'It is unknown who triggered a build of version 2.0.0, so its approvals may be self-approvals: send built_by with build events';
  const deployment =
    'It is unknown who triggers this deployment, so the approvals of version 2.0.0 may be self-approvals: send deployed_by with deployment events';

  it.each([
    // then, self-approval allowed?, unknown of; what becomes of an approved version, what is told
    ['allow', false, [], 'passed', []],
    ['allow', false, ['build'], 'passed', [build]],
    ['allow', false, ['deployment'], 'passed', [deployment]],
    ['allow', false, ['build', 'deployment'], 'passed', [build, deployment]],
    ['allow', true, ['build', 'deployment'], 'passed', []],
    ['block', false, [], 'passed', []],
    ['block', false, ['build'], 'failed', [build]],
    ['block', false, ['build', 'deployment'], 'failed', [build, deployment]],
    // Nobody needs to be told from anybody.
    ['block', true, ['build', 'deployment'], 'passed', []],
  ] as const)('%s, self-approval allowed %s, of %j: %s', (unidentified, allowSelfApproval, unknown, kind, told) => {
    const result = evaluate({ unidentified, allowSelfApproval }, [ada, grace], { unidentified: unknown });
    expect(result.kind).toBe(kind);
    // Once, either as a warning or as the reason.
    expect([result.warnings, result.findings.map(({ message }) => message)]).toEqual(
      kind === 'passed' ? [told, []] : [[], [told.join('. ')]],
    );
    expect(result.findings[0]?.details['unidentified']).toEqual(kind === 'passed' ? undefined : unknown);
  });

  it('warns beside what is missing', () => {
    const { kind, warnings } = evaluate({}, [ada], { unidentified: ['build'] });
    expect([kind, warnings]).toEqual(['failed', [build]]);
  });
});

describe('approvalCheck: what the client reads', () => {
  it.each([
    // the rule, the decisions; the message
    [{}, [], 'production deployment requires approval from 2 team-lead or manager'],
    [{ requiredApprovals: 1, approverRoles: ['sre'] }, [], 'production deployment requires approval from 1 sre'],
    [
      { approverRoles: ['team-lead', 'manager', 'sre'] },
      [ada],
      'production deployment requires approval from 2 team-lead, manager or sre; 1 has approved so far',
    ],
    [
      { requiredApprovals: 3 },
      [ada, grace],
      'production deployment requires approval from 3 team-lead or manager; 2 have approved so far',
    ],
    [
      { validForHours: 1 },
      [ada, grace, { ...linus, at: before(5) }],
      'production deployment requires approval from 2 team-lead or manager; 1 has approved so far. The approval of ada and grace has expired (valid for 1 h): they may approve again',
    ],
    [
      {},
      [{ ...ada, isOwn: true }],
      'production deployment requires approval from 2 team-lead or manager. The approval of ada does not count: they triggered what they approved',
    ],
    [
      { requiredApprovals: 1 },
      [ada, sampleApproval('linus', { decision: 'rejected' })],
      'Version 2.0.0 was rejected by linus: it may start in production once they or an admin withdraw that',
    ],
    [
      {},
      [
        ada,
        sampleApproval('linus', { decision: 'rejected' }),
        sampleApproval('linus', { decision: 'rejected', type: 'qa' }),
        sampleApproval('grace', { decision: 'rejected' }),
      ],
      'Version 2.0.0 was rejected by linus and grace: it may start in production once they or an admin withdraw that. production deployment requires approval from 2 team-lead or manager; 1 has approved so far',
    ],
  ] as const)('%j: %#', (config, approvals, message) => {
    expect(evaluate(config, approvals).findings.map((one) => one.message)).toEqual([message]);
  });

  it('tells who approved when and as what, in the keys of the contract and beyond', () => {
    const { findings } = evaluate({ requiredApprovals: 3 }, [
      sampleApproval('grace', { userName: 'Grace Hopper', roles: ['MANAGER'], at: before(10, 1) }),
      sampleApproval('ada', { userName: 'Ada Lovelace', roles: ['manager', 'team-lead'], at: before(60) }),
      sampleApproval('ada', { userName: 'Ada Lovelace', at: before(90), environmentId: here }),
    ]);
    expect(findings).toEqual([
      {
        code: 'APPROVAL_REQUIRED',
        message: 'production deployment requires approval from 3 team-lead or manager; 2 have approved so far',
        retryAfter: null,
        endsAt: null,
        details: {
          required_approvals: 3,
          current_approvals: 2,
          approver_roles: ['team-lead', 'manager'],
          approvals: [
            { approved_by: 'Ada Lovelace', user_id: 'ada', approved_at: '2026-03-02T13:00:00Z', role: 'team-lead' },
            { approved_by: 'Grace Hopper', user_id: 'grace', approved_at: '2026-03-02T13:49:59Z', role: 'manager' },
          ],
        },
      },
    ]);
    expect(Object.keys(findings[0]!.details).slice(0, 3)).toEqual([
      'required_approvals',
      'current_approvals',
      'approver_roles',
    ]);
  });

  it('needs to know what was decided', () => expect(approvalCheck.needs(approval)).toEqual({ approvals: true }));
});
