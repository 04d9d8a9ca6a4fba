import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../common/errors/request.errors.js';
import { decide, deploymentOf, blockedOf, holder, perEnvironment, written } from '../../test/support/decide.js';
import { minutesBefore, receivedAt, sampleFacts, samplePending } from '../../test/support/sample-deployments.js';
import type { OverrideGrant } from '../preflight/apply-overrides.js';
import { type PlaceFacts, type PolicyFacts, toPolicyFacts } from '../preflight/policy-facts.js';
import type { Rule } from '../preflight/rule.js';

function ruleOf<Type extends Rule['type']>(type: Type, config: Extract<Rule, { type: Type }>['config']): Rule {
  return { id: `a ${type}`, revision: 1, name: `a ${type}`, message: null, type, status: 'enabled', config } as Rule;
}

const cooldown = ruleOf('cooldown', { minutes: 60, applyToRollbacks: false });
const afterStaging = ruleOf('flow', {
  requiredEnvironments: ['staging'],
  targetEnvironment: 'production',
  strictOrder: false,
  soakMinutes: {},
  applyToRollbacks: false,
});
const oneApproval = ruleOf('approval', {
  requiredApprovals: 1,
  approverRoles: ['lead'],
  validForHours: null,
  allowSelfApproval: false,
  per: 'version',
  unidentified: 'allow',
});
const override: OverrideGrant = {
  id: 'override',
  includesConcurrency: false,
  by: { kind: 'user', id: 'user', name: 'Ada' },
  reason: 'incident 7',
};
const soon: Partial<PolicyFacts> = { lastCompletedAt: minutesBefore(10) };
const inStaging: PlaceFacts = {
  key: 'staging',
  environmentId: 'staging id',
  environmentName: 'Staging',
  firstAt: minutesBefore(90),
  lastAt: minutesBefore(90),
  isDeployed: true,
  revision: 12,
};

function policy(some: Partial<PolicyFacts>): { policy: PolicyFacts } {
  return { policy: { ...toPolicyFacts({}), ...some } };
}

function approvedBy(email: string, scmSha: string | null = null): PolicyFacts['decisions'][number] {
  return {
    id: 'approval',
    userId: 'user',
    userName: 'Ada',
    email,
    logins: ['ada-l'],
    decision: 'approved',
    type: null,
    environmentId: null,
    roles: ['lead'],
    scmSha,
    at: minutesBefore(5),
  };
}

describe('a start under rules', () => {
  it('holds the gates of what its verdict depends on, and of nothing else', () => {
    const places = [inStaging, { ...inStaging, key: '', environmentId: 'environment', revision: 4 }];
    const facts = policy({ places, decisions: [approvedBy('ada@example.com')] });
    expect(decide({}, facts, { rules: [afterStaging, oneApproval] }).plan).toMatchObject({
      policyRevision: 7,
      versionRevision: 2,
      // Its own cell has a gate of its own.
      watched: [{ environmentId: 'staging id', revision: 12 }],
    });
    expect(decide({}, policy({}), { rules: [cooldown] }).plan).toMatchObject({ versionRevision: null, watched: [] });
  });

  it('is refused by the rule that it violates, and recorded where that rule finds it', () => {
    const decision = decide({}, policy(soon), { rules: [cooldown] });
    expect(blockedOf(decision).verdict.blocking).toMatchObject({ code: 'COOLDOWN_ACTIVE', ruleId: 'a cooldown' });
    expect(decision.plan?.checks[0]).toMatchObject({
      statusCode: 428,
      ruleViolations: [{ n: 0, ruleId: 'a cooldown', code: 'COOLDOWN_ACTIVE' }],
      facts: { rules: [{ rule_id: 'a cooldown', revision: 1 }], last_completed_at: minutesBefore(10) },
    });
  });

  it.each([
    // who triggered what; the approver's mail; does the approval count
    [{ deployedBy: 'ADA-L' }, [], false],
    [{ deployedByEmail: 'Ada@Example.com ' }, [], false],
    [{ deployedByName: 'ada@example.com' }, [], true],
    [{ deployedBy: 'hubot' }, [['ada-l', null, null]], false],
    [{ deployedBy: 'hubot' }, [[null, 'ADA@example.com', null]], false],
    [{ deployedBy: 'hubot' }, [[null, null, 'ada-l']], false],
    [{ deployedBy: 'hubot' }, [['', null, 'octocat']], true],
    // Spelt otherwise.
    [{ deployedBy: '@ada-l' }, [], false],
    [{ deployedBy: 'ada\u200b-l' }, [], false],
    [{ deployedBy: 'ａｄａ-l' }, [], false],
    [{ deployedBy: 'hubot' }, [['\u200b', null, null, 'user']], false],
  ])('does not count the approval of who triggered it: %o, built by %o', (event, builders, passes) => {
    const facts = policy({ builders, decisions: [approvedBy('ada@example.com')] });
    expect(decide(event, facts, { rules: [oneApproval] }).outcome.kind).toBe(passes ? 'deployment' : 'blocked');
  });

  it('does not count the approval of the person whose token sends the start', () => {
    const facts = policy({ decisions: [approvedBy('ada@example.com')] });
    const besides = { rules: [oneApproval], personId: 'user' };
    expect(decide({ deployedBy: 'hubot' }, facts, besides).outcome.kind).toBe('blocked');
    expect(decide({ deployedBy: 'hubot' }, facts, { ...besides, personId: 'another' }).outcome.kind).toBe('deployment');
  });

  it('is still held up by a rejection after the SHA has come', () => {
    const rejection = { ...approvedBy('ada@example.com'), userId: 'another', decision: 'rejected' as const };
    const facts = {
      ...policy({ decisions: [rejection, approvedBy('ada@example.com', 'abcdef1')] }),
      version: { id: 'version', scmSha: 'abcdef1', revision: 2 },
    };
    expect(decide({ deployedBy: 'hubot' }, facts, { rules: [oneApproval] }).outcome.kind).toBe('blocked');
  });

  it('does not count the approval of who announced it', () => {
    const announced = samplePending({ deployedBy: 'ada-l' });
    const facts = { ...policy({ decisions: [approvedBy('ada@example.com')] }), open: [announced] };
    expect(decide({ deployedBy: 'hubot' }, facts, { rules: [oneApproval] }).outcome.kind).toBe('blocked');
  });

  it.each([
    // the SHA when it was approved, the version's now; does the approval count
    [null, null, true],
    [null, 'abcdef1234', false],
    ['abcdef1234', 'abcdef1234', true],
    ['ABCDEF1', 'abcdef1234', true],
    ['1234567', 'abcdef1234', false],
    ['abcdef1234', null, false],
  ])('counts an approval for exactly what was approved: %s, %s', (approved, sha, passes) => {
    const facts = {
      ...policy({ decisions: [approvedBy('ada@example.com', approved)] }),
      version: { id: 'version', scmSha: sha, revision: 2 },
    };
    expect(decide({ deployedBy: 'hubot' }, facts, { rules: [oneApproval] }).outcome.kind).toBe(
      passes ? 'deployment' : 'blocked',
    );
  });
});

describe('an override', () => {
  it('lets a start through that would have been blocked, and is used up by it', () => {
    const decision = decide({}, policy(soon), { rules: [cooldown], grants: [override] });
    const { deployment } = deploymentOf(decision);
    expect(deployment).toMatchObject({
      preflightStatus: 'overridden',
      extraMetadata: { preflight_status: { status: 'overridden', override_id: 'override' } },
    });
    expect(decision.plan).toMatchObject({ overrideId: 'override', policyRevision: 7 });
    expect(decision.plan?.checks).toMatchObject([
      {
        outcome: 'overridden',
        statusCode: 201,
        code: null,
        violations: [{ code: 'COOLDOWN_ACTIVE', override_id: 'override', overridden_by: override.by }],
        facts: { overrides: [{ id: 'override' }] },
      },
    ]);
    expect(written(decision)).toMatchObject({
      events: [
        ['deployment.started', 'started', true],
        ['preflight.overridden', 'started', false],
      ],
      audits: [
        ['deployment.started', 'deployment'],
        ['preflight.overridden', 'preflight_check'],
      ],
    });
  });

  it('is kept by a start that needs none', () => {
    const decision = decide({}, policy({}), { rules: [cooldown], grants: [override] });
    expect(deploymentOf(decision).deployment.preflightStatus).toBe('passed');
    expect(decision.plan?.overrideId).toBeNull();
  });

  it('does not make way for another deployment in progress, unless it says so', () => {
    const facts = { ...policy(soon), open: [holder] };
    const builtIn = { ...perEnvironment, config: { maxConcurrent: 1, per: 'product_environment' } } as Rule;
    const rules = [builtIn, cooldown];
    const blocked = decide({}, facts, { rules, grants: [override] });
    expect(blockedOf(blocked).verdict.blocking?.code).toBe('CONCURRENT_DEPLOYMENT');
    expect(blocked.plan?.overrideId).toBeNull();
    const both = { ...override, id: 'both', includesConcurrency: true };
    expect(decide({}, facts, { rules, grants: [override, both] }).plan?.overrideId).toBe('both');
  });

  it('is no use to an end', () => {
    const facts = { ...policy(soon), enforceOnCompleted: true };
    const decision = decide({ status: 'completed' }, facts, { rules: [cooldown], grants: [override] });
    expect(blockedOf(decision).verdict.blocking?.code).toBe('COOLDOWN_ACTIVE');
    expect(decision.plan?.overrideId).toBeNull();
  });
});

describe('a rule that cannot be read', () => {
  const unreadable = {
    id: 'rule',
    revision: 3,
    name: 'old freeze',
    type: 'schedule',
    status: 'enabled',
    unreadable: 'unknown time zone',
  } as const;

  it('blocks every start with 503', () => {
    expect(() => decide({}, {}, { rules: [unreadable] })).toThrow(UnavailableError);
  });

  it('is told of where it only reports', () => {
    const { deployment } = deploymentOf(decide({}, {}, { rules: [{ ...unreadable, status: 'report_only' }] }));
    expect(deployment.extraMetadata['preflight_status']).toMatchObject({
      status: 'passed',
      warnings: ['The report-only rule old freeze could not be evaluated'],
    });
  });

  it('does not keep what has already happened from being recorded', () => {
    const facts = sampleFacts({ enforceOnCompleted: true });
    const decision = decide({ status: 'completed' }, facts, { rules: [unreadable] });
    const { deployment } = deploymentOf(decision);
    expect(deployment).toMatchObject({ status: 'completed', preflightStatus: 'skipped', completedAt: receivedAt });
    expect(deployment.extraMetadata['preflight_status']).toMatchObject({
      warnings: [expect.stringMatching(/^The pre-flight checks could not be evaluated: .*old freeze/)],
    });
    expect(decision.plan?.checks).toMatchObject([{ outcome: 'skipped', code: null }]);
  });
});
