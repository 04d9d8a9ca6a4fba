import { beforeEach, describe, expect, it } from '@jest/globals';
import { Channel, type Line, LineLost, type Message, Refusal } from './channel.js';

type Sums = { sum: { input: readonly number[]; answer: number }; never: { input: null; answer: void } };
type Nothing = { nothing: { input: null; answer: null } };

/** Two ends of a line that turns everything into JSON, as a pipe between processes does. */
function line(): [Line, Line] {
  const listeners: ((message: Message) => void)[] = [];
  const end = (own: number): Line => ({
    send: (message) => {
      const sent = JSON.stringify(message);
      setImmediate(() => listeners[1 - own]?.(JSON.parse(sent) as Message));
    },
    onMessage: (listener) => void (listeners[own] = listener),
  });
  return [end(0), end(1)];
}

describe('Channel', () => {
  let asking: Channel<Sums, Nothing>;
  beforeEach(() => {
    const [one, other] = line();
    asking = new Channel<Sums, Nothing>(one, { nothing: () => null });
    void new Channel<Nothing, Sums>(other, {
      sum: async (numbers) => {
        if (numbers.length === 0) throw new Error('nothing to sum up');
        // Later questions may be answered first.
        if (numbers.length > 2) await new Promise((resolve) => setTimeout(resolve, 5));
        return numbers.reduce((a, b) => a + b, 0);
      },
      never: () => new Promise<void>(() => undefined),
    });
  });

  it('brings each answer to whoever asked', async () => {
    expect(await Promise.all([asking.ask('sum', [1, 2, 3]), asking.ask('sum', [4])])).toEqual([6, 4]);
  });

  it('says why there is no answer', async () => {
    await expect(asking.ask('sum', [])).rejects.toEqual(new Refusal('nothing to sum up'));
  });

  it('tells those who wait that the other side is gone, and those who come after', async () => {
    const waiting = asking.ask('never', null);
    asking.close();
    await expect(waiting).rejects.toBeInstanceOf(LineLost);
    await expect(asking.ask('sum', [1])).rejects.toBeInstanceOf(LineLost);
  });
});
