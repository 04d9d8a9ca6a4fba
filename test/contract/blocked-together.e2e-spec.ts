import { describe, expect, it } from '@jest/globals';
import { builtIn, type Refusal, RefusedStarts, type ToldViolation } from '../support/refused-starts.js';
import { cliPlain } from '../support/shipped-clients.js';
import { shownByAction, shownByCli, warningsOfAction } from '../support/shipped-readers.js';
import { idOf, useVersioner } from '../support/use-versioner.js';

/* Several violations at once, and those that do not block, as they come over the wire to the CLI and to the action. */

const lines: Readonly<Record<string, Refusal['statusLine']>> = {
  NO_DEPLOY_WINDOW: 'HTTP/1.1 423 Locked',
  CONCURRENT_DEPLOYMENT: 'HTTP/1.1 409 Conflict',
};
const statusLineOf = ({ code }: ToldViolation) => lines[code] ?? 'HTTP/1.1 428 Precondition Required';

const freeze = { mode: 'deny', recurrence: 'daily', windows: [{ start_time: '14:00', end_time: '16:00' }] };

describe('a start that is blocked for several reasons', () => {
  const bed = useVersioner();
  const refused = new RefusedStarts(bed);

  /** A daily freeze from 14:00 to 16:00 UTC. */
  async function frozen(name: string, fields: object = {}): Promise<ToldViolation> {
    const rule = await refused.rule({ name, type: 'schedule', config: freeze, ...fields });
    return {
      code: 'NO_DEPLOY_WINDOW',
      message: 'No deployments allowed to production until 2026-03-02 16:00 (UTC)',
      rule,
      retryAfter: '2026-03-02T16:00:00Z',
      details: {
        window_name: name,
        window_start: '2026-03-02T14:00:00+00:00',
        window_end: '2026-03-02T16:00:00+00:00',
        reason: null,
        timezone: 'UTC',
      },
    };
  }

  /** Nobody has approved. */
  async function unapproved(): Promise<ToldViolation> {
    const config = { required_approvals: 1, approver_roles: ['team-lead'] };
    return {
      code: 'APPROVAL_REQUIRED',
      message: 'production deployment requires approval from 1 team-lead',
      rule: await refused.rule({ name: 'four eyes', type: 'approval', config }),
      details: { required_approvals: 1, current_approvals: 0, approver_roles: ['team-lead'], approvals: [] },
    };
  }

  /** Another version is on its way. */
  async function occupied(): Promise<ToldViolation> {
    return {
      code: 'CONCURRENT_DEPLOYMENT',
      message: 'Another deployment to production is already in progress',
      rule: builtIn,
      details: {
        conflicting_deployment_id: idOf(await bed.report({ version: '1.2.1' })),
        conflicting_deployment_status: 'in_progress',
        conflicting_deployment_started: '2026-03-02T14:00:00Z',
        conflicting_version: '1.2.1',
        conflicting_product: 'my-service',
        conflicting_deployed_by: null,
      },
    };
  }

  it('is told all of them, and answered by the first in the order of precedence, down to the last', async () => {
    bed.clock.set('2026-03-02T13:30:00.000Z');
    await bed.report({ environment_name: 'staging', status: 'completed' });
    await bed.report({ version: '1.2.2', status: 'completed' });
    bed.clock.set('2026-03-02T14:00:00.000Z');
    const concurrent = await occupied();
    // Not in the order of precedence.
    const approval = await unapproved();
    const quality: ToldViolation = {
      code: 'QUALITY_APPROVAL_REQUIRED',
      message: 'production deployment requires qa approval of version 1.2.3',
      rule: await refused.rule({
        name: 'tested',
        type: 'version_approval',
        config: { required_approval_types: ['qa'] },
      }),
      details: { required_approval_types: ['qa'], missing_approval_types: ['qa'] },
    };
    const cooldown: ToldViolation = {
      code: 'COOLDOWN_ACTIVE',
      message:
        'my-service was deployed to production 30 minutes ago, and 45 minutes must lie between two deployments: the next one may start from 2026-03-02T14:15:00Z on',
      rule: await refused.rule({ name: 'breathe', type: 'cooldown', config: { minutes: 45 } }),
      retryAfter: '2026-03-02T14:15:00Z',
      details: {
        cooldown_minutes: 45,
        elapsed_minutes: 30,
        remaining_minutes: 15,
        last_deployed_at: '2026-03-02T13:30:00Z',
      },
    };
    const to = { target_environment: 'production' };
    const soak: ToldViolation = {
      code: 'INSUFFICIENT_SOAK_TIME',
      message:
        'Version 1.2.3 has run in staging for 30 of 60 minutes: it may start in production from 2026-03-02T14:30:00Z on',
      rule: await refused.rule({
        name: 'an hour in staging',
        type: 'flow',
        config: { ...to, required_environments: ['staging'], soak_minutes: { staging: 60 } },
      }),
      retryAfter: '2026-03-02T14:30:00Z',
      details: {
        environment: 'staging',
        required_soak_minutes: 60,
        elapsed_soak_minutes: 30,
        deployed_at: '2026-03-02T13:30:00Z',
      },
    };
    const flow: ToldViolation = {
      code: 'FLOW_VIOLATION',
      message: 'Version 1.2.3 has not completed in qa yet: deploy it there before production',
      rule: await refused.rule({ name: 'qa first', type: 'flow', config: { ...to, required_environments: ['qa'] } }),
      details: { required_environments: ['qa'], missing_environments: ['qa'], target_environment: 'production' },
    };
    const window = await frozen('afternoons');

    const left = [window, flow, soak, cooldown, approval, quality, concurrent];
    const seconds: Readonly<Record<string, number>> = {
      NO_DEPLOY_WINDOW: 120 * 60,
      INSUFFICIENT_SOAK_TIME: 30 * 60,
      COOLDOWN_ACTIVE: 15 * 60,
    };
    while (left.length > 0) {
      const [first] = left;
      await refused.expectRefused({
        statusLine: statusLineOf(first!),
        retryAfterSeconds: seconds[first!.code],
        violations: left,
      });
      if (first!.rule.id !== null) await bed.admin.patch(`/deployment-rules/${first!.rule.id}`, { status: 'disabled' });
      left.shift();
    }
  });

  it('is told when all windows are over, and of each when it is', async () => {
    const first = await frozen('afternoons');
    const evening = { ...freeze, windows: [{ start_time: '15:30', end_time: '18:00' }], reason: 'Evening batch' };
    await refused.rule({ name: 'evenings', type: 'schedule', config: evening });
    await refused.expectRefused({
      statusLine: 'HTTP/1.1 423 Locked',
      retryAfterSeconds: 4 * 3600,
      violations: [{ ...first, retryAfter: '2026-03-02T18:00:00Z' }],
    });
  });

  it('is told every soak, the longest first, so that waiting for it is enough', async () => {
    for (const environment_name of ['qa', 'staging']) await bed.report({ environment_name, status: 'completed' });
    const rule = await refused.rule({
      name: 'soaked',
      type: 'flow',
      config: {
        required_environments: ['qa', 'staging', 'canary'],
        target_environment: 'production',
        soak_minutes: { qa: 10, staging: 30 },
      },
    });
    const soak = (environment: string, minutes: number): ToldViolation => ({
      code: 'INSUFFICIENT_SOAK_TIME',
      message: `Version 1.2.3 has run in ${environment} for 0 of ${minutes} minutes: it may start in production from 2026-03-02T14:${minutes}:00Z on`,
      rule,
      retryAfter: `2026-03-02T14:${minutes}:00Z`,
      details: {
        environment,
        required_soak_minutes: minutes,
        elapsed_soak_minutes: 0,
        deployed_at: '2026-03-02T14:00:00Z',
      },
    });
    const missing: ToldViolation = {
      code: 'FLOW_VIOLATION',
      message: 'Version 1.2.3 has not completed in canary yet: deploy it there before production',
      rule,
      details: {
        required_environments: ['qa', 'staging', 'canary'],
        missing_environments: ['canary'],
        target_environment: 'production',
      },
    };
    const violations = [missing, soak('staging', 30), soak('qa', 10)];
    await refused.expectRefused({ statusLine: 'HTTP/1.1 428 Precondition Required', violations });
  });

  it('is told what only reports, and never answered by it, whatever its rank', async () => {
    const reported = await frozen('afternoons', { status: 'report_only', message: 'Please deploy in the morning' });
    const violations = [
      { ...reported, message: 'Please deploy in the morning', status: 'report_only' as const },
      await unapproved(),
    ];
    await refused.expectRefused({ statusLine: 'HTTP/1.1 428 Precondition Required', violations });
  });

  it('is told of the other deployment where an override does not make way for it', async () => {
    const [concurrent, window] = [await occupied(), await frozen('afternoons')];
    const override = { product: 'my-service', environment: 'production', reason: 'Checkout is down' };
    expect((await bed.admin.post('/preflight-overrides/', override)).status).toBe(201);
    await refused.expectRefused({
      statusLine: 'HTTP/1.1 409 Conflict',
      violations: [window, concurrent],
      answeredBy: 'CONCURRENT_DEPLOYMENT',
    });
  });

  it('is no start at all: an end that the account wants to be refused, and which is recorded all the same', async () => {
    expect((await bed.admin.patch('/account', { enforce_on_completed: true })).status).toBe(200);
    const [window, approval] = [await frozen('afternoons'), await unapproved()];
    // Each client reports a version of its own: a second end of the same is a repeat.
    for (const send of ['sendAsCli', 'sendAsAction'] as const) {
      const event = { ...cliPlain, version: send, status: 'success' };
      const answer = await refused[send](event);
      expect([answer.statusLine, answer.headers['retry-after']]).toEqual(['HTTP/1.1 423 Locked', '7200']);
      const { detail, ...documented } = JSON.parse(answer.body) as { detail: object; details: Record<string, unknown> };
      expect(detail).toEqual(documented);
      expect(documented).toMatchObject({
        code: 'NO_DEPLOY_WINDOW',
        details: { violations: [{ code: window.code }, { code: approval.code }] },
      });
      const check = await bed.admin.get(`/preflight-checks/${documented.details['preflight_check_id'] as string}`);
      expect(check.body).toMatchObject({ outcome: 'failed', allowed: false, status_code: 423 });
      const { deployment_id: id } = check.body as { deployment_id: string };
      expect((await bed.admin.get(`/deployments/${id}`)).body).toMatchObject({
        version: send,
        status: 'completed',
        preflight_status: 'failed',
      });
      expect([shownByCli(answer).rule, shownByAction(answer).rule]).toEqual(['afternoons', 'afternoons']);
    }
  });

  it('may go where all of them only report: the action prints each as a warning', async () => {
    const status = 'report_only';
    await frozen('afternoons', { status });
    await refused.rule({ name: 'breathe', type: 'cooldown', status: 'disabled', config: { minutes: 45 } });
    const roles = { required_approvals: 1, approver_roles: ['team-lead'] };
    await refused.rule({ name: 'four eyes', type: 'approval', status, message: 'Ask a lead', config: roles });
    const answer = await refused.sendAsAction();
    expect(answer.statusLine).toBe('HTTP/1.1 201 Created');
    expect(answer.headers).not.toHaveProperty('retry-after');
    expect(warningsOfAction(answer)).toEqual([
      { rule: 'afternoons', message: 'No deployments allowed to production until 2026-03-02 16:00 (UTC)' },
      { rule: 'four eyes', message: 'Ask a lead' },
    ]);
    expect(JSON.parse(answer.body)).toMatchObject({
      preflight_status: 'passed',
      extra_metadata: {
        preflight_status: {
          status: 'passed',
          rules_evaluated: [
            { rule_name: builtIn.name, status: 'enabled', evaluation_result: 'passed', error_message: null },
            { rule_name: 'afternoons', status, evaluation_result: 'failed', error_code: 'NO_DEPLOY_WINDOW' },
            { rule_name: 'breathe', status: 'disabled', evaluation_result: 'skipped', error_message: null },
            { rule_name: 'four eyes', status, evaluation_result: 'failed', error_code: 'APPROVAL_REQUIRED' },
          ],
        },
      },
    });
  });
});
