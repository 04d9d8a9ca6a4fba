import { beforeEach, describe, expect, it } from '@jest/globals';
import { Asking } from './support/asking.js';
import { minute, useVersioner } from './support/use-versioner.js';

const hours = (...all: number[]) => all.map((one) => one * 60);
const ascending = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** A start is refused as long before a window as 95 % of the last 50 deployments of the product there took at most. */
describe('a runway of p95', () => {
  const bed = useVersioner();
  const asking = new Asking(bed);
  const noon = Date.parse('2026-06-01T12:00:00.000Z');

  beforeEach(() => bed.clock.set('2026-04-01T00:00:00.000Z'));

  /** One after the other, so many minutes each, oldest first. */
  async function deployed(minutes: readonly number[], event: object = {}): Promise<void> {
    for (const [i, took] of minutes.entries()) {
      const run = { version: `0.${i}`, ...event };
      expect((await bed.report(run)).status).toBeLessThanOrEqual(201);
      bed.clock.advance(took * minute);
      expect((await bed.report({ ...run, status: 'completed' })).status).toBe(200);
      bed.clock.advance(1);
    }
  }

  /** How many minutes before the window starts are refused; 0: up to the window they are not. */
  async function expectRunway(minutes: number): Promise<void> {
    bed.clock.set(new Date(noon - Math.max(minutes * minute, 1)).toISOString());
    expect((await asking.ask()).allowed).toBe(true);
    bed.clock.set(new Date(noon - minutes * minute + 1).toISOString());
    expect(await asking.ask()).toMatchObject({ allowed: false, code: 'NO_DEPLOY_WINDOW' });
    expect((await bed.report()).status).toBe(423);
    const [check] = await bed.rows(`SELECT facts->'p95_ms' AS p95 FROM preflight_checks ORDER BY id DESC LIMIT 1`);
    expect(check!['p95']).toBe(minutes === 0 ? null : minutes * minute);
  }

  async function withRule(): Promise<void> {
    const windows = [{ start_time: '12:00', end_time: '13:00' }];
    const config = { mode: 'deny', recurrence: 'daily', runway: 'p95', windows };
    await asking.rule({ name: 'lunch', type: 'schedule', config });
  }

  it.each([
    ['none', [], 0],
    ['four', hours(1, 1, 1, 1), 0],
    ['five: the longest', [3, 1, 5, 2, 4], 5],
    // Of 20 the nearest rank is the 19th, of 21 the 20th.
    ['twenty: the second longest', ascending(20).toReversed(), 19],
    ['twenty-one: the second longest', ascending(21), 20],
    ['of more than fifty only the last fifty', [...hours(9, 9, 9), ...ascending(50)], 48],
  ] as const)('after %s', async (_, minutes, expected) => {
    await deployed(minutes);
    await withRule();
    await expectRunway(expected);
  });

  it('counts neither what failed, nor elsewhere, nor what was never reported to start, nor how long one was announced', async () => {
    await deployed(hours(2, 2, 2), { environment_name: 'staging' });
    await deployed(hours(2, 2, 2), { product_name: 'other' });
    await bed.report({ version: 'failing' });
    bed.clock.advance(90 * minute);
    await bed.report({ version: 'failing', status: 'failed' });
    await bed.report({ version: 'announced', status: 'pending' });
    bed.clock.advance(90 * minute);
    await deployed([5], { version: 'announced' });
    await deployed([1, 2, 3, 4]);
    for (const i of ascending(50))
      expect((await bed.report({ version: `1.${i}`, status: 'completed' })).status).toBe(201);
    await withRule();
    await expectRunway(5);
  });
});
