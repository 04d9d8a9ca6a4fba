import { afterEach, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { RefusedTokens } from './refused-tokens.js';

class SetClock extends Clock {
  at = 5_000;
  override monotonic(): number {
    return this.at;
  }
}

afterEach(() => void jest.restoreAllMocks());

it('tells each kind of reason once a minute, and how many more there were', () => {
  const told: unknown[] = [];
  jest.spyOn(Logger.prototype, 'log').mockImplementation((message: unknown) => void told.push(message));
  const clock = new SetClock();
  const refused = new RefusedTokens(clock);

  for (let n = 0; n < 3; n++) refused.tell({ kind: 'expired', told: `it expired ${n} seconds ago` });
  refused.tell({ kind: 'audience', told: 'its audience is another' });
  clock.at += 59_999;
  refused.tell({ kind: 'expired', told: 'it expired long ago' });
  clock.at += 1;
  refused.tell({ kind: 'expired', told: 'it expired now' });
  clock.at += 60_000;
  refused.tell({ kind: 'expired', told: 'it expired again' });
  expect(told).toEqual([
    'A token was refused: it expired 0 seconds ago',
    'A token was refused: its audience is another',
    'A token was refused: it expired now (and 3 more for a reason of this kind)',
    'A token was refused: it expired again',
  ]);
});
