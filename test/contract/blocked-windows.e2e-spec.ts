import { describe, it } from '@jest/globals';
import { RefusedStarts } from '../support/refused-starts.js';
import { useVersioner } from '../support/use-versioner.js';

/* The refusals by windows, whole, as they come over the wire to the CLI and to the action. */

const losAngeles = {
  mode: 'deny',
  timezone: 'America/Los_Angeles',
  recurrence: 'weekly',
  reason: 'Weekly deployment freeze',
  windows: [{ start_day: 'friday', start_time: '15:00', end_day: 'monday', end_time: '00:00' }],
} as const;

describe('a start that is blocked with 423', () => {
  const bed = useVersioner();
  const refused = new RefusedStarts(bed);

  describe('423 NO_DEPLOY_WINDOW', () => {
    it('names the window in the time of its zone, and when to try again in UTC', async () => {
      const rule = await refused.rule({ name: 'friday_freeze', type: 'schedule', config: losAngeles });
      bed.clock.set('2025-10-24T22:00:00.000Z');
      await refused.expectRefused({
        statusLine: 'HTTP/1.1 423 Locked',
        retryAfterSeconds: 57 * 3600,
        violations: [
          {
            code: 'NO_DEPLOY_WINDOW',
            message:
              'No deployments allowed to production until 2025-10-27 00:00 (America/Los_Angeles): Weekly deployment freeze',
            rule,
            retryAfter: '2025-10-27T07:00:00Z',
            details: {
              window_name: 'friday_freeze',
              window_start: '2025-10-24T15:00:00-07:00',
              window_end: '2025-10-27T00:00:00-07:00',
              reason: 'Weekly deployment freeze',
              timezone: 'America/Los_Angeles',
            },
          },
        ],
      });
    });

    it('across a change of the clocks, with the offset that each end has, and the wait rounded up', async () => {
      const rule = await refused.rule({ name: 'friday_freeze', type: 'schedule', config: losAngeles });
      bed.clock.set('2025-11-01T11:59:59.250Z');
      await refused.expectRefused({
        statusLine: 'HTTP/1.1 423 Locked',
        retryAfterSeconds: 44 * 3600 + 1,
        violations: [
          {
            code: 'NO_DEPLOY_WINDOW',
            message:
              'No deployments allowed to production until 2025-11-03 00:00 (America/Los_Angeles): Weekly deployment freeze',
            rule,
            retryAfter: '2025-11-03T08:00:00Z',
            details: {
              window_name: 'friday_freeze',
              window_start: '2025-10-31T15:00:00-07:00',
              window_end: '2025-11-03T00:00:00-08:00',
              reason: 'Weekly deployment freeze',
              timezone: 'America/Los_Angeles',
            },
          },
        ],
      });
    });

    it('outside the times at which deployments are allowed: from the last close to the next opening', async () => {
      const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
      const windows = days.map((day) => ({ start_day: day, start_time: '09:00', end_day: day, end_time: '17:00' }));
      const config = { mode: 'allow', timezone: 'Europe/Berlin', recurrence: 'weekly', windows };
      const rule = await refused.rule({ name: 'office hours', type: 'schedule', config });
      bed.clock.set('2026-03-07T12:00:00.000Z');
      await refused.expectRefused({
        statusLine: 'HTTP/1.1 423 Locked',
        retryAfterSeconds: 44 * 3600,
        violations: [
          {
            code: 'NO_DEPLOY_WINDOW',
            message:
              'No deployments allowed to production until 2026-03-09 09:00 (Europe/Berlin): outside the times at which deployments are allowed',
            rule,
            retryAfter: '2026-03-09T08:00:00Z',
            details: {
              window_name: 'office hours',
              window_start: '2026-03-06T17:00:00+01:00',
              window_end: '2026-03-09T09:00:00+01:00',
              reason: null,
              timezone: 'Europe/Berlin',
            },
          },
        ],
      });
    });

    it('before a window into which the deployment could run: the coming one is named', async () => {
      const config = { ...losAngeles, runway_minutes: 45 };
      const rule = await refused.rule({ name: 'friday_freeze', type: 'schedule', config });
      bed.clock.set('2025-10-24T21:30:00.000Z');
      await refused.expectRefused({
        statusLine: 'HTTP/1.1 423 Locked',
        retryAfterSeconds: 57 * 3600 + 30 * 60,
        violations: [
          {
            code: 'NO_DEPLOY_WINDOW',
            message:
              'No deployments allowed to production until 2025-10-27 00:00 (America/Los_Angeles): Weekly deployment freeze (a start now could run into the closed period that begins at 2025-10-24 15:00)',
            rule,
            retryAfter: '2025-10-27T07:00:00Z',
            details: {
              window_name: 'friday_freeze',
              window_start: '2025-10-24T15:00:00-07:00',
              window_end: '2025-10-27T00:00:00-07:00',
              reason: 'Weekly deployment freeze',
              timezone: 'America/Los_Angeles',
            },
          },
        ],
      });
    });

    it('that never ends has no time to name, in no place', async () => {
      const config = { mode: 'deny', recurrence: 'daily', windows: [{ start_time: '00:00', end_time: '24:00' }] };
      const rule = await refused.rule({ name: 'closed', type: 'schedule', config });
      await refused.expectRefused({
        statusLine: 'HTTP/1.1 423 Locked',
        violations: [
          {
            code: 'NO_DEPLOY_WINDOW',
            message:
              'No deployments allowed to production. The rule closed leaves no open time in the next 400 days: have it changed, or ask for an override',
            rule,
            details: { window_name: 'closed', window_start: null, window_end: null, reason: null, timezone: 'UTC' },
          },
        ],
      });
    });
  });
});
