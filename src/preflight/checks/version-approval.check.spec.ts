import { describe, expect, it } from '@jest/globals';
import {
  before,
  sampleApproval,
  sampleAttempt,
  sampleElsewhere,
  samplePreflightFacts,
} from '../../../test/support/sample-attempt.js';
import type { ApprovalFact, ApprovalType, PreflightFacts } from './check.js';
import { versionApprovalCheck } from './version-approval.check.js';
import type { VersionApprovalConfig } from './version-approval.config.js';

function evaluate(
  config: Partial<VersionApprovalConfig>,
  approvals: readonly ApprovalFact[],
  facts: Partial<PreflightFacts> = {},
) {
  const whole = { requiredApprovalTypes: ['qa', 'security'], prerequisiteEnvironment: null, ...config } as const;
  return versionApprovalCheck.evaluate(whole, sampleAttempt(), samplePreflightFacts({ approvals, ...facts }), {
    name: 'mine',
  });
}

function missingOf({ findings }: ReturnType<typeof evaluate>): unknown {
  return findings[0]?.details['missing_approval_types'] ?? [];
}

function approved(type: ApprovalType | null, approval: Partial<ApprovalFact> = {}) {
  return sampleApproval('ada', { type, roles: [], ...approval });
}

function rejected(type: ApprovalType | null, approval: Partial<ApprovalFact> = {}) {
  return sampleApproval('linus', { type, decision: 'rejected', roles: [], ...approval });
}

const production = 'id of production';
const staging = 'id of staging';
const [qa, security] = [approved('qa'), approved('security')];

describe('versionApprovalCheck', () => {
  it.each([
    // required; what was decided; what is missing
    [['qa'], [], ['qa']],
    [['qa'], [qa], []],
    [['qa'], [security], ['qa']],
    // An approval of no type says nothing of quality.
    [['qa'], [approved(null)], ['qa']],
    [['qa', 'security'], [qa], ['security']],
    [['security', 'qa'], [], ['security', 'qa']],
    [['qa', 'security'], [security, qa], []],
    [['qa', 'security'], [qa, approved('security', { userId: 'grace' })], []],
    [
      ['uat', 'qa', 'performance', 'security', 'code_review', 'compliance'],
      [approved('performance'), approved('uat')],
      ['qa', 'security', 'code_review', 'compliance'],
    ],
    // Whoever triggered it may vouch for its quality.
    [['qa'], [approved('qa', { isOwn: true })], []],
    [['qa'], [approved('qa', { at: before(9e6) })], []],
    [['qa'], [qa, rejected('qa')], ['qa']],
    [['qa'], [rejected('qa')], ['qa']],
    // Whoever changed their mind since.
    [['qa'], [qa, rejected('qa', { userId: 'ada', environmentId: production })], ['qa']],
    [['qa'], [qa, rejected('security')], []],
    [['qa'], [qa, rejected(null)], []],
    [['qa', 'security'], [qa, security, rejected('security', { at: before(9e6) })], ['security']],
    [
      ['qa', 'security'],
      [qa, security, rejected('security'), rejected('qa')],
      ['qa', 'security'],
    ],
  ] as const)('requires %j: %#, missing %j', (requiredApprovalTypes, approvals, missing) => {
    const result = evaluate({ requiredApprovalTypes }, approvals);
    expect(missingOf(result)).toEqual(missing);
    expect(result.kind).toBe(missing.length === 0 ? 'passed' : 'failed');
  });

  it.each([
    // the environment of the attempt, and of the decision; does an approval count, does a rejection block
    [production, null, true, true],
    [production, production, true, true],
    [production, staging, false, false],
    [null, null, true, true],
    [null, staging, false, false],
  ] as const)('attempt in %s, decided for %s: %s, %s', (environmentId, about, counts, blocks) => {
    const required = { requiredApprovalTypes: ['qa'] as const };
    const approval = { ...qa, environmentId: about };
    expect(evaluate(required, [approval], { environmentId }).kind).toBe(counts ? 'passed' : 'failed');
    const rejection = rejected('qa', { environmentId: about });
    expect(evaluate(required, [qa, rejection], { environmentId }).kind).toBe(blocks ? 'failed' : 'passed');
  });
});

describe('versionApprovalCheck with a prerequisite environment', () => {
  const config = { requiredApprovalTypes: ['qa'], prerequisiteEnvironment: 'Staging' } as const;
  const completed = { firstAt: before(60), lastAt: before(10) };

  it.each([
    // where the version completed, which approval there is; does it count
    [completed, { environmentId: staging, at: before(30) }, true],
    // From the first completion on, however often it was deployed there again.
    [completed, { environmentId: staging, at: before(60) }, true],
    [completed, { environmentId: staging, at: before(60, -1) }, true],
    [completed, { environmentId: staging, at: before(60, 1) }, false],
    [completed, { environmentId: staging, at: before(99) }, false],
    [{ ...completed, isDeployed: false }, { environmentId: staging, at: before(5) }, true],
    // For this very environment and no other.
    [completed, { environmentId: null, at: before(30) }, false],
    [completed, { environmentId: production, at: before(30) }, false],
    [completed, { environmentId: 'id of dev', at: before(30) }, false],
    [completed, { environmentId: staging, at: before(30), type: 'security' }, false],
    [completed, { environmentId: staging, at: before(30), type: null }, false],
    // It has not been there.
    [{}, { environmentId: staging, at: before(30) }, false],
    [{ environmentId: null }, { environmentId: null, at: before(30) }, false],
    [{ ...completed, environmentId: null }, { environmentId: null, at: before(30) }, false],
  ] as const)('completed %j, approved %j: %s', (place, approval, counts) => {
    const elsewhere = sampleElsewhere({ staging: place });
    const { kind } = evaluate(config, [approved('qa', approval)], { elsewhere });
    expect(kind).toBe(counts ? 'passed' : 'failed');
  });

  it.each([
    // the environment that somebody rejected it for, when; does that block
    [staging, before(5), true],
    // Before it was even there.
    [staging, before(99), true],
    [null, before(5), true],
    [production, before(5), true],
    ['id of dev', before(5), false],
  ] as const)('rejected for %s at %j: %s', (environmentId, at, blocks) => {
    const elsewhere = sampleElsewhere({ staging: completed });
    const approvals = [
      approved('qa', { environmentId: staging, at: before(30) }),
      rejected('qa', { environmentId, at }),
    ];
    expect(evaluate(config, approvals, { elsewhere }).kind).toBe(blocks ? 'failed' : 'passed');
  });

  it('cannot decide where nothing was read of it', () => {
    expect(() => evaluate(config, [])).toThrow('Staging');
  });

  it.each([
    [null, { approvals: true, elsewhere: [] }],
    [' Staging', { approvals: true, elsewhere: ['staging'] }],
  ] as const)('%j: needs %j', (prerequisiteEnvironment, needs) => {
    expect(versionApprovalCheck.needs({ ...config, prerequisiteEnvironment })).toEqual(needs);
  });
});

describe('versionApprovalCheck: what the client reads', () => {
  const base = 'production deployment requires qa and security approval of version 2.0.0';

  it.each([
    // prerequisite, its completion; the decisions; the message
    [null, {}, [], base],
    [null, {}, [qa], 'production deployment requires security approval of version 2.0.0'],
    ['staging', { firstAt: before(60) }, [], `${base}, given for staging after it completed there`],
    [
      'staging',
      {},
      [],
      `${base}, given for staging after it completed there. It has not completed in staging yet: deploy it there first`,
    ],
    [
      null,
      {},
      [security, rejected('qa')],
      'production deployment requires qa approval of version 2.0.0. linus rejected qa: that blocks until they or an admin withdraw it',
    ],
  ] as const)('prerequisite %s, %j: %#', (prerequisiteEnvironment, place, approvals, message) => {
    const elsewhere = sampleElsewhere({ staging: place });
    const { findings } = evaluate({ prerequisiteEnvironment }, approvals, { elsewhere });
    expect(findings.map((one) => one.message)).toEqual([message]);
  });

  it('tells all that it knows', () => {
    const elsewhere = sampleElsewhere({ Staging: { firstAt: before(60) } });
    const approvals = [rejected('qa', { userName: 'Linus', at: before(30, 1) })];
    const { findings } = evaluate({ prerequisiteEnvironment: 'staging' }, approvals, { elsewhere });
    expect(findings.map(({ message: _, ...found }) => found)).toEqual([
      {
        code: 'QUALITY_APPROVAL_REQUIRED',
        retryAfter: null,
        endsAt: null,
        details: {
          required_approval_types: ['qa', 'security'],
          missing_approval_types: ['qa', 'security'],
          prerequisite_environment: 'Staging',
          rejections: [
            { rejected_by: 'Linus', user_id: 'linus', rejected_at: '2026-03-02T13:29:59Z', approval_type: 'qa' },
          ],
        },
      },
    ]);
  });
});
