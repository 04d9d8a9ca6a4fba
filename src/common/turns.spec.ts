import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from './errors/request.errors.js';
import { Turns } from './turns.js';

/** Work that ends when it is told to. */
function work(log: string[], name: string) {
  let end: (failure?: Error) => void = () => undefined;
  const ended = new Promise<string>((resolve, reject) => {
    end = (failure) => (failure ? reject(failure) : resolve(name));
  });
  return {
    end,
    run: () => {
      log.push(name);
      return ended;
    },
  };
}

describe('Turns', () => {
  it('runs one at a time, in their order, whatever becomes of the one before', async () => {
    const [turns, log] = [new Turns(3), [] as string[]];
    const [first, second] = [work(log, 'first'), work(log, 'second')];
    const [one, other] = [turns.take(first.run), turns.take(second.run)];
    second.end();
    await Promise.resolve();
    expect(log).toEqual(['first']);
    first.end(new Error('it broke'));
    await expect(one).rejects.toThrow('it broke');
    expect(await other).toBe('second');
    expect(log).toEqual(['first', 'second']);
  });

  it('turns away what would have to wait too long, until there is room again', async () => {
    const [turns, log] = [new Turns(2), [] as string[]];
    const [first, second, third] = [work(log, 'first'), work(log, 'second'), work(log, 'third')];
    const [one, other] = [turns.take(first.run), turns.take(second.run)];
    await expect(turns.take(third.run)).rejects.toThrow(UnavailableError);
    first.end();
    await one;
    third.end();
    const last = turns.take(third.run);
    second.end();
    expect(await Promise.all([other, last])).toEqual(['second', 'third']);
    expect(log).toEqual(['first', 'second', 'third']);
  });
});
