import { describe, expect, it } from '@jest/globals';
import { findClosedCircle, hasCircle, type ScopedFlow } from './find-closed-circle.js';

function flow(name: string, target: string, required: string, ...products: string[]): ScopedFlow {
  return { name, target, required: required.split(' '), products };
}

const words = (flow: ScopedFlow, ...others: ScopedFlow[]) =>
  findClosedCircle(flow, others)?.map(({ target, required, rule }) => `${rule}: ${target} < ${required}`) ?? null;

describe('findClosedCircle', () => {
  it.each<[string, ScopedFlow, ScopedFlow[], string[] | null]>([
    ['one alone', flow('a', 'prod', 'test'), [], null],
    ['a chain', flow('a', 'prod', 'test'), [flow('b', 'test', 'dev')], null],
    [
      'two that require each other',
      flow('a', 'prod', 'test'),
      [flow('b', 'test', 'prod')],
      ['a: prod < test', 'b: test < prod'],
    ],
    [
      'three in a row, told from the new one on',
      flow('a', 'test', 'dev'),
      [flow('b', 'dev', 'prod'), flow('c', 'prod', 'qa test')],
      ['a: test < dev', 'b: dev < prod', 'c: prod < test'],
    ],
    ['others for another product', flow('a', 'prod', 'test', 'web'), [flow('b', 'test', 'prod', 'api')], null],
    [
      'one for all and one for some',
      flow('a', 'prod', 'test', 'web'),
      [flow('b', 'test', 'prod')],
      ['a: prod < test', 'b: test < prod'],
    ],
    [
      'one for some and one for all',
      flow('a', 'prod', 'test'),
      [flow('b', 'test', 'prod', 'web')],
      ['a: prod < test', 'b: test < prod'],
    ],
    [
      'some that have one product in common',
      flow('a', 'prod', 'test', 'web', 'api'),
      [flow('b', 'test', 'prod', 'api', 'db')],
      ['a: prod < test', 'b: test < prod'],
    ],
    [
      'three of which no product meets all',
      flow('a', 'prod', 'test', 'web'),
      [flow('b', 'test', 'dev', 'web', 'api'), flow('c', 'dev', 'prod', 'api')],
      null,
    ],
    ['a circle that was there before', flow('a', 'prod', 'x'), [flow('b', 'x', 'y'), flow('c', 'y', 'x')], null],
    [
      'a circle that was there before, for another product',
      flow('a', 'prod', 'test'),
      [flow('b', 'x', 'y', 'web'), flow('c', 'y', 'x', 'web'), flow('d', 'test', 'prod')],
      ['a: prod < test', 'd: test < prod'],
    ],
  ])('%s', (_, one, others, steps) => {
    expect(words(one, ...others)).toEqual(steps);
    const wasThere = hasCircle(others);
    expect(hasCircle([one, ...others])).toBe(wasThere || steps !== null);
  });
});
