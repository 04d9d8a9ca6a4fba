import { expect, it } from '@jest/globals';
import { RestartPause } from './restart-pause.js';

it('waits twice as long each time, up to half a minute', () => {
  const pause = new RestartPause();
  expect([0, 0, 5_000, 59_999, 0, 0, 0, 0].map((served) => pause.afterEnd(served))).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
  ]);
  expect(pause.inARow).toBe(8);
});

it('begins anew after a worker that had served for a minute', () => {
  const pause = new RestartPause();
  for (let i = 0; i < 6; i++) pause.afterEnd(0);
  expect([pause.afterEnd(60_000), pause.inARow]).toEqual([500, 1]);
});
