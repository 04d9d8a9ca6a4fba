import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type FlowEdges, flowCircle } from './flow-circle.js';

/** `prod<staging,qa`: production requires staging and qa. */
function flows(...texts: readonly string[]): FlowEdges[] {
  return texts.map((text) => {
    const [target, required] = text.split('<');
    return { target: target!, required: required!.split(',') };
  });
}

describe('flowCircle', () => {
  it.each([
    [[], null],
    [['prod<staging'], null],
    [['prod<staging', 'staging<test', 'test<dev'], null],
    [['test<dev', 'staging<test', 'prod<staging'], null],
    // Two ways to the same place are no circle.
    [['prod<staging,qa', 'staging<dev', 'qa<dev'], null],
    [['prod<staging', 'prod<qa'], null],
    [['prod<prod'], ['prod', 'prod']],
    [
      ['prod<staging', 'staging<prod'],
      ['prod', 'staging', 'prod'],
    ],
    [
      ['prod<dev,staging', 'staging<prod'],
      ['prod', 'staging', 'prod'],
    ],
    // The rules of one target count together.
    [
      ['prod<dev', 'prod<staging', 'staging<prod'],
      ['prod', 'staging', 'prod'],
    ],
    [
      ['a<b', 'b<c', 'c<a'],
      ['a', 'b', 'c', 'a'],
    ],
    // What leads to a circle, or hangs from one, is no part of it.
    [
      ['prod<a', 'a<b', 'b<a'],
      ['a', 'b', 'a'],
    ],
    [
      ['a<b', 'b<a,dev', 'dev<test'],
      ['a', 'b', 'a'],
    ],
    [
      ['x<y', 'a<b', 'b<a'],
      ['a', 'b', 'a'],
    ],
    [
      ['prod<a,b', 'a<dev', 'b<b'],
      ['b', 'b'],
    ],
    [
      ['__proto__<constructor', 'constructor<__proto__'],
      ['__proto__', 'constructor', '__proto__'],
    ],
  ] as const)('%j: %j', (texts, circle) => {
    expect(flowCircle(flows(...texts))).toEqual(circle);
  });

  const key = fc.constantFrom(...'abcdefgh');
  const someFlows = fc.array(fc.record({ target: key, required: fc.array(key, { minLength: 1, maxLength: 3 }) }));

  it('finds a circle exactly where an environment can be reached from itself, and tells it step by step', () => {
    fc.assert(
      fc.property(someFlows, (some) => {
        const requires = (from: string, to: string) =>
          some.some(({ target, required }) => target === from && required.includes(to));
        const reached = new Set(some.flatMap(({ target, required }) => required.map((to) => `${target}${to}`)));
        for (const via of 'abcdefgh') {
          for (const from of 'abcdefgh') {
            for (const to of 'abcdefgh') {
              if (reached.has(`${from}${via}`) && reached.has(`${via}${to}`)) reached.add(`${from}${to}`);
            }
          }
        }
        const circle = flowCircle(some);
        expect(circle !== null).toBe([...'abcdefgh'].some((one) => reached.has(`${one}${one}`)));
        if (circle === null) return;
        expect(circle[0]).toBe(circle.at(-1));
        expect(new Set(circle).size).toBe(circle.length - 1);
        expect(circle.slice(1).every((to, i) => requires(circle[i]!, to))).toBe(true);
      }),
    );
  });

  it('finds none in a thousand flows that follow each other, in whatever order they are given', () => {
    const chain = Array.from({ length: 1000 }, (_, i) => ({ target: `e${i}`, required: [`e${i + 1}`] }));
    expect(flowCircle(chain)).toBeNull();
    expect(flowCircle(chain.toReversed())).toBeNull();
    expect(flowCircle([...chain, { target: 'e1000', required: ['e0'] }])).toHaveLength(1002);
  });
});
