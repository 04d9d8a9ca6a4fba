import { beforeEach, describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { eventually } from '../../test/support/eventually.js';
import { BatchQueue, type ItemResult } from './batch-queue.js';
import { Clock } from './clock.js';
import { UnavailableError } from './errors/request.errors.js';

type Results = readonly ItemResult<string>[];

/** A batch that is under way. */
interface Run {
  readonly accountId: string;
  readonly items: readonly string[];
  readonly end: (results: Results) => void;
  readonly fail: (error: unknown) => void;
}

class StillClock extends Clock {
  ms = 0;

  override monotonic(): number {
    return this.ms;
  }
}

const clock = new StillClock();
let runs: Run[];

beforeEach(() => {
  clock.ms = 0;
  runs = [];
});

function queueOf(options: { lanes?: number; maxBatch?: number; maxPerKey?: number } = {}): BatchQueue<string, string> {
  const run = (accountId: string, items: readonly string[]) =>
    new Promise<Results>((end, fail) => void runs.push({ accountId, items, end, fail }));
  return new BatchQueue({ clock, run, lanes: 1, ...options });
}

const done = (value: string): ItemResult<string> => ({ kind: 'done', value });
const again: ItemResult<string> = { kind: 'again' };

/** Ends the newest batch as it should, and lets the queue take its next step. */
async function finish(run = runs.at(-1)!): Promise<void> {
  run.end(run.items.map((item) => done(`${item}!`)));
  await turn();
}

function batches(): string[] {
  return runs.map(({ accountId, items }) => `${accountId}: ${items.join(' ')}`);
}

describe('sharing', () => {
  it('lets what arrives in one turn go together, and answers each with its own result', async () => {
    const queue = queueOf();
    const answers = [queue.submit('a', 'k1', 'one'), queue.submit('a', 'k2', 'two'), queue.submit('a', 'k3', 'three')];
    await turn();
    expect(batches()).toEqual(['a: one two three']);
    await finish();
    expect(await Promise.all(answers)).toEqual(['one!', 'two!', 'three!']);
  });

  it('never waits for a batch to fill', async () => {
    void queueOf().submit('a', 'k1', 'alone');
    await turn();
    expect(batches()).toEqual(['a: alone']);
  });

  it('gathers what arrives while a batch is under way', async () => {
    const queue = queueOf();
    for (const item of ['one', 'two', 'three']) {
      void queue.submit('a', item, item);
      await turn();
    }
    expect(batches()).toEqual(['a: one']);
    await finish();
    expect(batches()).toEqual(['a: one', 'a: two three']);
  });

  it('has several batches under way at once, and no more', async () => {
    const queue = queueOf({ lanes: 2 });
    for (const item of ['one', 'two', 'three']) {
      void queue.submit('a', item, item);
      await turn();
    }
    expect(batches()).toEqual(['a: one', 'a: two']);
    await finish(runs[0]);
    expect(batches()).toEqual(['a: one', 'a: two', 'a: three']);
  });

  it('takes no more than fits into one batch', async () => {
    const queue = queueOf({ maxBatch: 2 });
    for (const item of ['one', 'two', 'three']) void queue.submit('a', item, item);
    await turn();
    await finish();
    expect(batches()).toEqual(['a: one two', 'a: three']);
  });
});

describe('a batch beside one of the same account', () => {
  async function withFourKeysUnderWay(): Promise<BatchQueue<string, string>> {
    const queue = queueOf({ lanes: 3, maxPerKey: 2 });
    for (const key of ['k1', 'k1', 'k2', 'k3', 'k4']) void queue.submit('a', key, key);
    await turn();
    void queue.submit('a', 'one', 'one');
    await turn();
    expect(batches()).toEqual(['a: k1 k1 k2 k3 k4']);
    return queue;
  }

  it('begins with half as many, each key counted once, and of another account at once', async () => {
    const queue = await withFourKeysUnderWay();
    void queue.submit('b', 'other', 'other');
    await turn();
    void queue.submit('a', 'two', 'two');
    await turn();
    expect(batches().slice(1)).toEqual(['b: other', 'a: one two']);
  });

  it('begins with fewer when that one ends, or is slow', async () => {
    await withFourKeysUnderWay();
    await finish();
    expect(batches().slice(1)).toEqual(['a: one']);
    runs = [];
    await withFourKeysUnderWay();
    await eventually(() => runs.length === 2);
    expect(batches().slice(1)).toEqual(['a: one']);
  });
});

describe('items with the same key', () => {
  it('go one at a time, in the order in which they came, others beside them', async () => {
    const queue = queueOf({ lanes: 2 });
    for (const item of ['first', 'second', 'third']) void queue.submit('a', 'k', item);
    void queue.submit('a', 'other', 'beside');
    await turn();
    expect(batches()).toEqual(['a: first beside']);
    await finish();
    await finish();
    expect(batches()).toEqual(['a: first beside', 'a: second', 'a: third']);
  });

  it('go a few at a time where the work allows it, and keep their order when they start over', async () => {
    const queue = queueOf({ maxPerKey: 2 });
    for (const item of ['first', 'second', 'third']) void queue.submit('a', 'k', item);
    await turn();
    expect(batches()).toEqual(['a: first second']);
    runs[0]!.end([again, again]);
    await turn();
    expect(batches()).toEqual(['a: first second', 'a: first second']);
    await finish();
    await finish();
    expect(batches().at(-1)).toBe('a: third');
  });

  it('of different accounts have nothing to do with each other', async () => {
    const queue = queueOf({ lanes: 2 });
    void queue.submit('a', 'k', 'one');
    void queue.submit('b', 'k', 'two');
    await turn();
    expect(batches()).toEqual(['a: one', 'b: two']);
  });
});

it('lets accounts take turns, however much one of them sends', async () => {
  const queue = queueOf({ maxBatch: 1 });
  for (const item of ['1', '2', '3']) void queue.submit('busy', item, item);
  void queue.submit('quiet', 'k', 'x');
  await turn();
  for (let i = 0; i < 3; i++) await finish();
  expect(batches()).toEqual(['busy: 1', 'quiet: x', 'busy: 2', 'busy: 3']);
});

describe('starting over', () => {
  it('comes before what is newer of the same key', async () => {
    const queue = queueOf();
    const first = queue.submit('a', 'k', 'first');
    void queue.submit('a', 'k', 'second');
    await turn();
    runs[0]!.end([again]);
    await turn();
    expect(batches()).toEqual(['a: first', 'a: first']);
    await finish();
    expect(await first).toBe('first!');
    expect(batches().at(-1)).toBe('a: second');
  });

  it.each(['40001', '40P01'])('is what the whole batch does after the database’s error %s', async (code) => {
    const queue = queueOf();
    const answers = [queue.submit('a', 'k1', 'one'), queue.submit('a', 'k2', 'two')];
    await turn();
    runs[0]!.fail(Object.assign(new Error('try again'), { code }));
    await turn();
    expect(batches()).toEqual(['a: one two', 'a: one two']);
    await finish();
    expect(await Promise.all(answers)).toEqual(['one!', 'two!']);
  });

  it('ends where the client has waited long enough', async () => {
    const queue = queueOf();
    const answer = queue.submit('a', 'k', 'first');
    await turn();
    clock.ms = 4_499;
    runs[0]!.end([again]);
    await turn();
    expect(runs).toHaveLength(2);
    clock.ms = 4_500;
    runs[1]!.end([again]);
    await expect(answer).rejects.toThrow(UnavailableError);
    expect(runs).toHaveLength(2);
  });
});

describe('faults', () => {
  it('of one item are its own', async () => {
    const queue = queueOf();
    const [good, bad] = [queue.submit('a', 'k1', 'good'), queue.submit('a', 'k2', 'bad')];
    await turn();
    runs[0]!.end([done('good!'), { kind: 'failed', error: new Error('of the bad one') }]);
    await expect(bad).rejects.toThrow('of the bad one');
    expect(await good).toBe('good!');
  });

  it('of a whole batch: each is tried alone, so that a bad one fails alone', async () => {
    const queue = queueOf();
    const answers = ['one', 'bad', 'three'].map((item) => queue.submit('a', item, item));
    const settled = Promise.allSettled(answers);
    await turn();
    runs[0]!.fail(new Error('of the batch'));
    await turn();
    await finish();
    runs.at(-1)!.fail(new Error('of the bad one'));
    await turn();
    await finish();
    expect(batches()).toEqual(['a: one bad three', 'a: one', 'a: bad', 'a: three']);
    expect(
      (await settled).map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as Error).message)),
    ).toEqual(['one!', 'of the bad one', 'three!']);
  });

  it.each([
    ['the service’s own', new UnavailableError()],
    ['a lost connection', Object.assign(new Error('Connection terminated'), { code: 'ECONNRESET' })],
  ])('that say the database is away are everybody’s, and are not tried one by one: %s', async (_what, error) => {
    const queue = queueOf();
    const settled = Promise.allSettled([queue.submit('a', 'k1', 'one'), queue.submit('a', 'k2', 'two')]);
    await turn();
    runs[0]!.fail(error);
    expect(await settled).toEqual([
      { status: 'rejected', reason: error },
      { status: 'rejected', reason: error },
    ]);
    expect(runs).toHaveLength(1);
  });

  it('leave the queue working', async () => {
    const queue = queueOf();
    const failed = queue.submit('a', 'k', 'first');
    const next = queue.submit('a', 'k', 'second');
    await turn();
    runs[0]!.fail(new Error('once'));
    await expect(failed).rejects.toThrow('once');
    await turn();
    await finish();
    expect(await next).toBe('second!');
  });
});

describe('overload', () => {
  it('gives up what has waited too long, and serves what came later', async () => {
    const queue = queueOf();
    const first = queue.submit('a', 'k', 'first');
    await turn();
    const late = queue.submit('a', 'k', 'late');
    clock.ms = 4_499;
    const fresh = queue.submit('a', 'k', 'fresh');
    clock.ms = 4_500;
    await finish();
    await expect(late).rejects.toThrow(UnavailableError);
    expect(batches()).toEqual(['a: first', 'a: fresh']);
    await finish();
    expect([await first, await fresh]).toEqual(['first!', 'fresh!']);
  });

  it('turns away at once what would be one too many', async () => {
    const queue = queueOf();
    const waiting = Array.from({ length: 2_000 }, (_, i) => queue.submit('a', `${i}`, `${i}`));
    await expect(queue.submit('a', 'one too many', 'one too many')).rejects.toThrow(UnavailableError);
    await turn();
    // What is under way waits no longer.
    const admitted = queue.submit('a', 'admitted', 'admitted');
    while (runs.flatMap(({ items }) => items).length < 2_001) await finish();
    await finish();
    expect(await Promise.all([...waiting, admitted])).toHaveLength(2_001);
  });
});
