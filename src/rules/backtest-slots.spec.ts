import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Moment, type PastHolder, PastSlots } from './backtest-slots.js';

const at = (ms: number, id = '') => ({ at: new Date(ms), id });

/** In progress in the environment e from the first millisecond on, unless told otherwise. */
function holder(fields: Partial<PastHolder>): PastHolder {
  return {
    deploymentId: 'd',
    productId: 'p',
    productName: 'my-service',
    version: '1',
    environmentId: 'e',
    startedAt: new Date(1),
    deployedBy: null,
    staleAt: null,
    taken: at(1, 'a'),
    ended: null,
    ...fields,
  };
}

function holdersAt(slots: PastSlots, moment: Moment, replaces: string | null = null) {
  const { product_environment: inCell, environment } = slots.holdersFor({
    ...moment,
    productId: 'p',
    environmentId: 'e',
    replaces,
  });
  return [inCell, environment].map((list) => list.map(({ deploymentId }) => deploymentId));
}

describe('PastSlots', () => {
  it.each<[string, Partial<PastHolder>, Moment, boolean]>([
    ['in progress', {}, at(9), true],
    ['ended later', { ended: at(9, 'b') }, at(8, 'c'), true],
    ['ended in the same millisecond, after it', { ended: at(9, 'b') }, at(9, 'a'), true],
    ['ended in the same millisecond, before it', { ended: at(9, 'b') }, at(9, 'c'), false],
    ['ended before', { ended: at(8, 'b') }, at(9, 'a'), false],
    ['stale a millisecond later', { staleAt: new Date(10) }, at(9), true],
    ['stale from this millisecond on', { staleAt: new Date(9) }, at(9), false],
    ['of another environment', { environmentId: 'other' }, at(9), false],
  ])('tells whether one that is %s holds its slot', (_, fields, moment, holds) => {
    const slots = new PastSlots();
    slots.take(holder(fields));
    expect(holdersAt(slots, moment)).toEqual(holds ? [['d'], ['d']] : [[], []]);
  });

  it('tells those of the same product from those of the environment, oldest first, but not the one that is replaced', () => {
    const slots = new PastSlots();
    slots.take(holder({ deploymentId: 'first' }));
    slots.take(holder({ deploymentId: 'other', productId: 'other' }));
    slots.take(holder({ deploymentId: 'last' }));
    const moment = at(9);
    expect(holdersAt(slots, moment)).toEqual([
      ['first', 'last'],
      ['first', 'other', 'last'],
    ]);
    expect(holdersAt(slots, moment, 'first')).toEqual([['last'], ['other', 'last']]);
    expect(holdersAt(slots, moment)).toEqual([
      ['first', 'last'],
      ['first', 'other', 'last'],
    ]);
  });

  it('forgets what is over, and nothing else', () => {
    const span = fc.record({ start: fc.nat(50), length: fc.option(fc.nat(10)), asks: fc.boolean() });
    fc.assert(
      fc.property(fc.array(span, { maxLength: 40 }), (spans) => {
        const holders = spans
          .toSorted((a, b) => a.start - b.start)
          .map(({ start, length, asks }, i) => ({
            asks,
            holder: holder({
              deploymentId: `${i}`,
              taken: at(start, 'b'),
              ended: length === null ? null : at(start + length, 'c'),
            }),
          }));
        const slots = new PastSlots();
        holders.forEach(({ holder: one, asks }, i) => {
          const started = holders.slice(0, i).map((other) => other.holder);
          const holding = started.filter(({ ended }) => ended === null || ended.at >= one.taken.at);
          if (asks) expect(holdersAt(slots, one.taken)[1]).toEqual(holding.map(({ deploymentId }) => deploymentId));
          slots.take(one);
        });
      }),
    );
  });
});
