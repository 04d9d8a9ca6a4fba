import { describe, expect, it } from '@jest/globals';
import { blockedOf, decide, deploymentOf, holder, written } from '../../test/support/decide.js';
import {
  minutesBefore,
  receivedAt,
  sampleCheck,
  sampleDeployment,
  sampleGivenUp,
  samplePending,
} from '../../test/support/sample-deployments.js';
import type { Decision } from './decide-event.js';

const ends = ['completed', 'failed', 'aborted'] as const;

describe('an end', () => {
  it.each(ends)('of what has started runs no check: %s', (status) => {
    const decision = decide({ status, invokeId: 'run' }, { open: [sampleDeployment({ invokeId: 'run' }), holder] });
    expect(deploymentOf(decision)).toMatchObject({ opened: false, deployment: { status, preflightStatus: null } });
    expect(written(decision)).toEqual({
      deployments: [['deployment', status, null]],
      checks: [],
      events: [[`deployment.${status}`, status, true]],
      audits: [[`deployment.${status}`, 'deployment']],
    });
  });

  it.each(ends)('settles what was given up as stale: %s', (status) => {
    const decision = decide({ status }, { givenUp: [sampleGivenUp()] });
    expect(deploymentOf(decision)).toMatchObject({ opened: false, deployment: { id: 'deployment', status } });
    expect(written(decision).deployments).toEqual([['deployment', status, null]]);
  });

  it.each(ends)('without a start is always recorded, with what the checks find: %s', (status) => {
    const decision = decide({ status }, { open: [holder] });
    expect(deploymentOf(decision)).toMatchObject({ opened: true, deployment: { status, preflightStatus: 'skipped' } });
    expect(deploymentOf(decision).deployment.extraMetadata['preflight_status']).toMatchObject({
      status: 'skipped',
      rules_evaluated: [{ evaluation_result: 'failed', error_code: 'CONCURRENT_DEPLOYMENT' }],
    });
    expect(decision.plan?.checks).toMatchObject([
      {
        outcome: 'skipped',
        statusCode: 409,
        code: 'CONCURRENT_DEPLOYMENT',
        violations: [{ code: 'CONCURRENT_DEPLOYMENT' }],
      },
    ]);
    // It has happened: no change of policy and no full slot undoes it.
    expect(decision.plan).toMatchObject({ policyRevision: null, startRevision: null });
  });

  it('of what was only pending is an end without a start', () => {
    const decision = decide({ status: 'completed' }, { open: [samplePending()] });
    expect(deploymentOf(decision)).toMatchObject({ opened: false, deployment: { preflightStatus: 'skipped' } });
    expect(written(decision).checks).toEqual([['skipped', 'deployment', null]]);
  });

  it('without a start is refused and recorded all the same where the account enforces its rules on completions', () => {
    const decision = decide({ status: 'completed' }, { open: [holder], enforceOnCompleted: true });
    const { verdict, checkId } = blockedOf(decision);
    const [deployment] = decision.plan!.deployments;
    expect(verdict.blocking?.code).toBe('CONCURRENT_DEPLOYMENT');
    expect(deployment).toMatchObject({ status: 'completed', preflightStatus: 'failed' });
    expect(decision.plan).toMatchObject({
      current: { deploymentId: deployment!.id, deployedAt: receivedAt },
      checks: [{ id: checkId, outcome: 'failed', deploymentId: deployment!.id }],
      events: [{ type: 'deployment.completed', preflightCheckId: checkId }],
    });
  });

  it.each([
    ['completed', []],
    ['failed', [holder]],
    ['aborted', [holder]],
  ] as const)('%s is not refused for that where it violates nothing, or did not complete', (status, open) => {
    const decision = decide({ status }, { open, enforceOnCompleted: true });
    expect(deploymentOf(decision).deployment.preflightStatus).toBe('skipped');
  });
});

describe('a report after a block', () => {
  it.each(['failed', 'aborted'] as const)('is attached to the attempt, and counts for nothing: %s', (status) => {
    const lastCheck = sampleCheck({}, { invokeId: 'run' });
    const decision = decide({ status, invokeId: 'run' }, { lastCheck, open: [holder] });
    expect(decision.outcome).toMatchObject({ kind: 'attempt', check: { id: 'check' }, deployment: { status } });
    expect(written(decision)).toEqual({
      deployments: [],
      checks: [],
      events: [[`deployment.${status}`, status, true]],
      audits: [['preflight_check.reported', 'preflight_check']],
    });
    expect(decision.plan).toMatchObject({ current: null, events: [{ deploymentId: null, preflightCheckId: 'check' }] });
  });

  it('that says it completed is a deployment', () => {
    expect(deploymentOf(decide({ status: 'completed' }, { lastCheck: sampleCheck() })).opened).toBe(true);
  });

  it('leaves the open one of another run alone', () => {
    const open = [sampleDeployment({ invokeId: 'a' })];
    const decision = decide(
      { status: 'failed', invokeId: 'b' },
      { open, lastCheck: sampleCheck({}, { invokeId: 'b' }) },
    );
    expect(decision.outcome.kind).toBe('attempt');
  });

  it('belongs to the pending deployment that the block left', () => {
    const open = [samplePending({ invokeId: 'a' })];
    const decision = decide(
      { status: 'failed', invokeId: 'a' },
      { open, lastCheck: sampleCheck({}, { invokeId: 'a' }) },
    );
    expect(deploymentOf(decision)).toMatchObject({ opened: false, deployment: { id: 'deployment', status: 'failed' } });
  });

  it.each(['passed', 'skipped', 'failed'])('is a deployment where the last check was not blocked: %s', (outcome) => {
    expect(deploymentOf(decide({ status: 'failed' }, { lastCheck: sampleCheck({ outcome }) })).opened).toBe(true);
  });
});

describe('what is deployed', () => {
  const current = { deploymentId: 'current', deployedAt: minutesBefore(30) };

  it.each([
    ['a completion received now', {}, true],
    ['a backfill that is later than what is there', { completedAt: minutesBefore(20) }, true],
    ['a backfill of the same instant', { completedAt: minutesBefore(30) }, true],
    ['a backfill that is earlier', { completedAt: minutesBefore(31) }, false],
  ] as const)('follows the latest effective completion: %s', (_what, event, replaces) => {
    const decision = decide({ status: 'completed', ...event }, { current });
    const { deployment } = deploymentOf(decision);
    const after = { deploymentId: deployment.id, deployedAt: deployment.effectiveCompletedAt };
    expect(decision.plan?.current).toEqual(replaces ? after : current);
  });

  it.each(['pending', 'started', 'failed', 'aborted'] as const)('does not follow %s', (status) => {
    expect(decide({ status }, { current }).plan?.current).toEqual(current);
  });

  it('does not follow an attempt that was blocked', () => {
    expect(decide({}, { current, open: [holder] }).plan?.current).toEqual(current);
  });
});

describe('warnings', () => {
  const built = { version: { id: 'version', scmSha: '9fceb02d0ae598e95dc970b74767f19372d61af8', revision: 2 } };
  const shaWarning =
    'scm_sha 0123456 is not the SHA that version 1.2.3 was built from (9fceb02d0ae598e95dc970b74767f19372d61af8)';
  const skipWarning = 'skip_preflight_checks was ignored: this API key does not hold the scope preflight:skip';
  const warningsOf = (decision: Decision) =>
    (deploymentOf(decision).deployment.extraMetadata['preflight_status'] as { warnings: string[] }).warnings;

  it.each([
    ['another SHA', { scmSha: '0123456' }, false, [shaWarning]],
    ['the SHA in short, in capitals', { scmSha: '9FCEB02' }, false, []],
    ['no SHA', {}, false, []],
    ['a wish to skip the checks', { skipPreflightChecks: true }, false, [skipWarning]],
    ['the same of a key that may', { skipPreflightChecks: true }, true, []],
    ['both', { skipPreflightChecks: true, scmSha: '0123456' }, false, [skipWarning, shaWarning]],
  ] as const)('of a start: %s', (_what, event, holdsSkipScope, warnings) => {
    expect(warningsOf(decide(event, built, { holdsSkipScope }))).toEqual(warnings);
  });

  it('never keep the checks from running', () => {
    const event = { skipPreflightChecks: true };
    expect(blockedOf(decide(event, { open: [holder] })).verdict.blocking?.code).toBe('CONCURRENT_DEPLOYMENT');
    // A skip of the checks is no skip of the slot.
    expect(blockedOf(decide(event, { open: [holder] }, { holdsSkipScope: true })).kind).toBe('blocked');
  });

  it('of an end come after those of its start, each once', () => {
    const started = deploymentOf(decide({ skipPreflightChecks: true }, built)).deployment;
    const open = [{ ...started, version: '1.2.3' }];
    expect(warningsOf(decide({ status: 'completed', scmSha: '0123456' }, { ...built, open }))).toEqual([
      skipWarning,
      shaWarning,
    ]);
    const warned = deploymentOf(decide({ scmSha: '0123456' }, built)).deployment;
    const again = { ...built, open: [{ ...warned, version: '1.2.3' }] };
    expect(warningsOf(decide({ status: 'completed', scmSha: '0123456' }, again))).toEqual([shaWarning]);
  });

  it('of an end without a start say nothing of skipping: it was never meant for that', () => {
    expect(warningsOf(decide({ status: 'completed', skipPreflightChecks: true, scmSha: '0123456' }, built))).toEqual([
      shaWarning,
    ]);
  });
});
