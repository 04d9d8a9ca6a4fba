import { describe, expect, it } from '@jest/globals';
import { blockedOf, decide, deploymentOf, holder, perEnvironment, written } from '../../test/support/decide.js';
import {
  minutesBefore,
  receivedAt,
  sampleCheck,
  sampleDeployment,
  samplePending,
} from '../../test/support/sample-deployments.js';
import { UnavailableError } from '../common/errors/request.errors.js';
import { builtInConcurrency, type Rule } from '../preflight/rule.js';
import { statuses } from './normalize-status.js';

describe('where nothing matches', () => {
  it.each(statuses)('opens a deployment in whatever status the event names: %s', (status) => {
    const decision = decide({ status, invokeId: 'run', runAttempt: '2', payload: { as: 'sent' } });
    const { opened, deployment } = deploymentOf(decision);
    expect({ opened, deployment }).toMatchObject({ opened: true, deployment: { status, invokeId: 'run' } });
    expect(decision.plan).toMatchObject({
      now: receivedAt,
      productId: 'product',
      environmentId: 'environment',
      versionId: 'version',
      revision: 4,
      deployments: [deployment],
      events: [
        {
          type: `deployment.${status}`,
          status,
          invokeId: 'run',
          runAttempt: '2',
          byClient: true,
          payload: { as: 'sent' },
        },
      ],
      audits: [{ action: `deployment.${status}`, resourceId: deployment.id, before: null }],
    });
    expect(new Set([deployment.id, ...decision.plan!.events.map(({ id }) => id)]).size).toBe(2);
  });

  it('opens another after an end: terminal is terminal', () => {
    const decision = decide(
      { status: 'completed' },
      { current: { deploymentId: 'first', deployedAt: minutesBefore(20) } },
    );
    expect(deploymentOf(decision).opened).toBe(true);
    expect(decision.plan?.current).toEqual({
      deploymentId: deploymentOf(decision).deployment.id,
      deployedAt: receivedAt,
    });
  });
});

describe('a repeat', () => {
  it.each(statuses)('changes nothing: %s', (status) => {
    const deployment = { ...sampleDeployment(), replacedAt: null };
    expect(
      decide(
        { status },
        {
          repeatOf: { deployment, check: null, receivedAt: minutesBefore(1), othersSince: false, endedSince: false },
          open: [holder],
        },
      ),
    ).toEqual({
      outcome: { kind: 'deployment', opened: false, deployment },
      plan: null,
      judgement: null,
    });
  });

  it('of what was reported after a block answers as the first did', () => {
    const check = sampleCheck();
    const repeatOf = { deployment: null, check, receivedAt: minutesBefore(1), othersSince: false, endedSince: false };
    const first = decide({ status: 'failed' }, { lastCheck: check, now: minutesBefore(1) });
    const repeat = decide({ status: 'failed' }, { lastCheck: check, repeatOf });
    expect(repeat).toEqual({ outcome: first.outcome, plan: null, judgement: null });
    expect(repeat.outcome).toMatchObject({ kind: 'attempt', deployment: { status: 'failed' } });
  });
});

describe('pending', () => {
  it('is never blocked, holds no slot, and runs no check', () => {
    const decision = decide({ status: 'pending' }, { open: [holder] });
    expect(deploymentOf(decision).deployment).toMatchObject({ status: 'pending', preflightStatus: null });
    expect(decision.plan).toMatchObject({ checks: [], policyRevision: null });
    expect(
      deploymentOf(decide({ status: 'started' }, { open: [samplePending({ versionId: 'another' })] })).opened,
    ).toBe(true);
  });

  it('that comes late moves no status back', () => {
    const decision = decide({ status: 'pending', invokeId: 'run' }, { open: [sampleDeployment({ invokeId: 'run' })] });
    expect(deploymentOf(decision)).toMatchObject({
      opened: false,
      deployment: { id: 'deployment', status: 'started' },
    });
    expect(written(decision).events).toEqual([['deployment.pending', 'pending', true]]);
  });
});

describe('a start', () => {
  it('that passes is recorded with its check, under the policy of its facts', () => {
    const decision = decide({});
    const { deployment } = deploymentOf(decision);
    expect(deployment).toMatchObject({
      status: 'started',
      startReceivedAt: receivedAt,
      preflightStatus: 'passed',
      extraMetadata: {
        preflight_status: {
          status: 'passed',
          checked_at: '2026-03-02T14:00:00.000Z',
          warnings: [],
          rules_evaluated: [
            {
              rule_id: null,
              rule_name: 'Concurrency (built in)',
              rule_type: 'concurrency',
              status: 'enabled',
              evaluation_result: 'passed',
              error_code: null,
              error_message: null,
            },
          ],
        },
      },
    });
    expect(decision.plan).toMatchObject({ policyRevision: 7, startRevision: null, current: null });
    expect(decision.plan?.checks).toMatchObject([
      {
        outcome: 'passed',
        deploymentId: deployment.id,
        statusCode: 201,
        code: null,
        policyRevision: 7,
        violations: [],
      },
    ]);
    expect(decision.plan?.events[0]?.preflightCheckId).toBe(decision.plan?.checks[0]?.id);
  });

  it('moves what is pending', () => {
    const decision = decide({ invokeId: 'run' }, { open: [samplePending({ invokeId: 'run' })] });
    expect(deploymentOf(decision)).toMatchObject({
      opened: false,
      deployment: { id: 'deployment', status: 'started' },
    });
    expect(written(decision)).toEqual({
      deployments: [['deployment', 'started', null]],
      checks: [['passed', 'deployment', null]],
      events: [['deployment.started', 'started', true]],
      audits: [['deployment.started', 'deployment']],
    });
  });

  it('takes the place of the open one of its run, with that one’s slot set aside', () => {
    const decision = decide({ invokeId: 'run' }, { open: [sampleDeployment({ id: 'old', invokeId: 'run' })] });
    const { opened, deployment } = deploymentOf(decision);
    expect(opened).toBe(true);
    expect(written(decision)).toEqual({
      deployments: [
        [deployment.id, 'started', null],
        ['old', 'aborted', 'superseded'],
      ],
      checks: [['passed', deployment.id, null]],
      events: [
        ['deployment.superseded', 'aborted', false],
        ['deployment.started', 'started', true],
      ],
      audits: [
        ['deployment.superseded', 'deployment'],
        ['deployment.started', 'deployment'],
      ],
    });
    expect(decision.plan?.deployments[1]).toMatchObject({ completedAt: receivedAt, effectiveCompletedAt: null });
  });

  it('that is blocked leaves the one that it would have replaced', () => {
    const decision = decide({ invokeId: 'run' }, { open: [sampleDeployment({ invokeId: 'run' }), holder] });
    expect(blockedOf(decision).verdict.blocking?.details['conflicting_deployment_id']).toBe('holder');
    expect(written(decision).deployments).toEqual([]);
  });

  it('that is blocked leaves what is pending pending', () => {
    const decision = decide({ invokeId: 'run' }, { open: [samplePending({ invokeId: 'run' }), holder] });
    expect(blockedOf(decision).verdict.blocking?.code).toBe('CONCURRENT_DEPLOYMENT');
    expect(written(decision).deployments).toEqual([]);
  });

  it('that is blocked is recorded as an attempt and as an event of the account, and starts nothing', () => {
    const decision = decide({ invokeId: 'run', deployedBy: 'hubot' }, { open: [holder] });
    const { checkId } = blockedOf(decision);
    expect(written(decision)).toEqual({
      deployments: [],
      checks: [['blocked', null, 'CONCURRENT_DEPLOYMENT']],
      events: [['deployment.preflight_failed', 'started', true]],
      audits: [['deployment.preflight_failed', 'preflight_check']],
    });
    expect(decision.plan).toMatchObject({ policyRevision: null, startRevision: null, revision: 4 });
    expect(decision.plan?.checks[0]).toMatchObject({
      id: checkId,
      statusCode: 409,
      attempt: { status: 'pending', startedAt: null, invokeId: 'run', deployedBy: 'hubot' },
      facts: { now: receivedAt, product_name: 'My-Service', version: '1.2.3', holders: [{ deployment_id: 'holder' }] },
    });
    expect(decision.plan?.events[0]).toMatchObject({ deploymentId: null, preflightCheckId: checkId });
  });

  it('is not held up by a deployment that is stale', () => {
    expect(deploymentOf(decide({}, { open: [{ ...holder, lastEventAt: minutesBefore(120) }] })).opened).toBe(true);
    expect(blockedOf(decide({}, { open: [{ ...holder, lastEventAt: minutesBefore(119) }] })).kind).toBe('blocked');
  });

  it('names the oldest of several holders: by when they started, not by when they were announced', () => {
    const announcedFirst = { ...holder, id: 'later', createdAt: minutesBefore(90), startReceivedAt: minutesBefore(10) };
    const { verdict } = blockedOf(decide({}, { open: [holder, announcedFirst] }));
    expect(verdict.blocking?.details).toMatchObject({
      conflicting_deployment_id: 'holder',
      conflicting_version: '9.9.9',
    });
  });

  it('goes through the gate of its environment where a scope spans products', () => {
    const rules = [builtInConcurrency, perEnvironment];
    expect(decide({}, {}, { rules }).plan?.startRevision).toBe(3);
    expect(decide({}, { environment: null }, { rules }).plan?.startRevision).toBeNull();
    expect(decide({ status: 'completed' }, {}, { rules }).plan?.startRevision).toBeNull();
    const elsewhere = {
      deploymentId: 'elsewhere',
      productId: 'other product',
      productName: 'other',
      version: '1',
      startedAt: minutesBefore(9),
      deployedBy: null,
      status: 'started',
      lastEventAt: minutesBefore(9),
    } as const;
    const blocked = blockedOf(decide({}, { environmentHolders: [elsewhere] }, { rules }));
    expect(blocked.verdict.blocking).toMatchObject({ ruleId: 'rule', details: { conflicting_product: 'other' } });
    const stale = { ...elsewhere, lastEventAt: minutesBefore(120) };
    expect(deploymentOf(decide({}, { environmentHolders: [stale] }, { rules })).opened).toBe(true);
  });

  it('is refused with 503 where a rule cannot be evaluated: it is never waved through', () => {
    const broken = { ...perEnvironment, type: 'unheard of' } as unknown as Rule;
    expect(() => decide({}, {}, { rules: [broken] })).toThrow(UnavailableError);
  });
});
