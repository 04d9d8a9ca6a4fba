import { describe, expect, it } from '@jest/globals';
import { RefusedStarts } from '../support/refused-starts.js';
import { useVersioner } from '../support/use-versioner.js';

/* The refusals by flow, soak and cooldown, whole, as they come over the wire to the CLI and to the action. */

describe('a start that is blocked with 428', () => {
  const bed = useVersioner();
  const refused = new RefusedStarts(bed);

  describe('428 FLOW_VIOLATION', () => {
    const flow = { required_environments: ['qa', 'Staging'], target_environment: 'production' };

    it('tells every environment that is missing', async () => {
      const rule = await refused.rule({ name: 'staging first', type: 'flow', config: flow });
      await refused.expectRefused({
        statusLine: 'HTTP/1.1 428 Precondition Required',
        violations: [
          {
            code: 'FLOW_VIOLATION',
            message: 'Version 1.2.3 has not completed in qa or Staging yet: deploy it there before production',
            rule,
            details: {
              required_environments: ['qa', 'Staging'],
              missing_environments: ['qa', 'Staging'],
              target_environment: 'production',
            },
          },
        ],
      });
    });

    it('tells what was done in the wrong order', async () => {
      const config = { ...flow, strict_order: true };
      const rule = await refused.rule({ name: 'in order', type: 'flow', config });
      await bed.report({ environment_name: 'staging', status: 'completed' });
      await refused.expectRefused({
        statusLine: 'HTTP/1.1 428 Precondition Required',
        violations: [
          {
            code: 'FLOW_VIOLATION',
            message:
              'Version 1.2.3 completed too early in staging: production requires qa, then staging. Deploy a new version in that order',
            rule,
            details: {
              required_environments: ['qa', 'staging'],
              missing_environments: ['qa'],
              target_environment: 'production',
              out_of_order_environments: ['staging'],
            },
          },
        ],
      });
    });
  });

  describe('428 INSUFFICIENT_SOAK_TIME', () => {
    const config = { required_environments: ['staging'], target_environment: 'production', soak_minutes: 60 };

    it('while it soaks: how long it has, and from when on it may start', async () => {
      const rule = await refused.rule({ name: 'an hour in staging', type: 'flow', config });
      await bed.report({ environment_name: 'staging', status: 'completed' });
      bed.clock.set('2026-03-02T14:25:30.000Z');
      await refused.expectRefused({
        statusLine: 'HTTP/1.1 428 Precondition Required',
        retryAfterSeconds: 34 * 60 + 30,
        violations: [
          {
            code: 'INSUFFICIENT_SOAK_TIME',
            message:
              'Version 1.2.3 has run in staging for 25 of 60 minutes: it may start in production from 2026-03-02T15:00:00Z on',
            rule,
            retryAfter: '2026-03-02T15:00:00Z',
            details: {
              environment: 'staging',
              required_soak_minutes: 60,
              elapsed_soak_minutes: 25,
              deployed_at: '2026-03-02T14:00:00Z',
            },
          },
        ],
      });
    });

    it('after it was replaced: waiting does not help, so there is no time', async () => {
      const rule = await refused.rule({ name: 'an hour in staging', type: 'flow', config });
      await bed.report({ environment_name: 'staging', status: 'completed' });
      bed.clock.set('2026-03-02T14:25:30.000Z');
      await bed.report({ environment_name: 'staging', status: 'completed', version: '1.2.4' });
      await refused.expectRefused({
        statusLine: 'HTTP/1.1 428 Precondition Required',
        violations: [
          {
            code: 'INSUFFICIENT_SOAK_TIME',
            message:
              'Version 1.2.3 is no longer deployed in staging: deploy it there again and let it run for 60 minutes before production',
            rule,
            details: {
              environment: 'staging',
              required_soak_minutes: 60,
              elapsed_soak_minutes: 0,
              deployed_at: '2026-03-02T14:00:00Z',
            },
          },
        ],
      });
    });
  });

  describe('428 COOLDOWN_ACTIVE', () => {
    it('tells what was deployed, when, and when the next may start: rounded up, so that who waits is not turned away', async () => {
      const rule = await refused.rule({ name: 'breathe', type: 'cooldown', config: { minutes: 30 } });
      bed.clock.set('2026-03-02T14:00:00.250Z');
      await bed.report({ version: '1.2.2', status: 'completed' });
      bed.clock.set('2026-03-02T14:10:00.500Z');
      await refused.expectRefused({
        statusLine: 'HTTP/1.1 428 Precondition Required',
        retryAfterSeconds: 20 * 60,
        violations: [
          {
            code: 'COOLDOWN_ACTIVE',
            message:
              'my-service was deployed to production 10 minutes ago, and 30 minutes must lie between two deployments: the next one may start from 2026-03-02T14:30:01Z on',
            rule,
            retryAfter: '2026-03-02T14:30:01Z',
            details: {
              cooldown_minutes: 30,
              elapsed_minutes: 10,
              remaining_minutes: 20,
              last_deployed_at: '2026-03-02T14:00:00Z',
            },
          },
        ],
      });
      bed.clock.set('2026-03-02T14:30:01.000Z');
      expect((await refused.sendAsCli()).statusLine).toBe('HTTP/1.1 201 Created');
    });
  });
});
