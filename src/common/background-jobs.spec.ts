import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Siblings } from '../workers/siblings.js';
import { BackgroundJobs } from './background-jobs.js';

/** Those of a worker that may or may not be the one on duty. */
class ShiftSiblings extends Siblings {
  onDuty = true;

  override get isOnDuty(): boolean {
    return this.onDuty;
  }
}

describe('BackgroundJobs', () => {
  let jobs: BackgroundJobs;
  let siblings: ShiftSiblings;
  let warnings: string[];

  beforeEach(() => {
    jest.useFakeTimers();
    siblings = new ShiftSiblings();
    jobs = new BackgroundJobs(siblings);
    warnings = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((message: unknown) => void warnings.push(String(message)));
    jest.spyOn(Logger.prototype, 'log').mockImplementation((message: unknown) => void warnings.push(String(message)));
  });

  afterEach(async () => {
    await jobs.onModuleDestroy();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('runs a task after each interval', async () => {
    const task = jest.fn(async () => undefined);
    jobs.start('Sweep', 1_000, task);
    await jest.advanceTimersByTimeAsync(999);
    expect(task).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(2_001);
    expect(task).toHaveBeenCalledTimes(3);
  });

  it('of several workers the one on duty runs a task, and from its turn on the one that takes over', async () => {
    const [once, everywhere] = [jest.fn(async () => undefined), jest.fn(async () => undefined)];
    siblings.onDuty = false;
    jobs.start('Sweep', 1_000, once);
    jobs.start('Flush', 1_000, everywhere, { everywhere: true });
    await jest.advanceTimersByTimeAsync(3_000);
    expect([once, everywhere].map((task) => task.mock.calls.length)).toEqual([0, 3]);
    siblings.onDuty = true;
    await jest.advanceTimersByTimeAsync(1_000);
    expect([once, everywhere].map((task) => task.mock.calls.length)).toEqual([1, 4]);
  });

  it('never lets a task overlap itself', async () => {
    let end = (): void => undefined;
    const task = jest.fn(() => new Promise<void>((resolve) => (end = resolve)));
    jobs.start('Sweep', 1_000, task);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(task).toHaveBeenCalledTimes(1);
    end();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(task).toHaveBeenCalledTimes(2);
    end();
  });

  it('goes on after a failure, and tells of it and of its end once', async () => {
    let failure: Error | null = new Error('no database');
    jobs.start('Sweep', 1_000, async () => {
      if (failure !== null) throw failure;
    });
    await jest.advanceTimersByTimeAsync(5_000);
    failure = null;
    await jest.advanceTimersByTimeAsync(5_000);
    expect(warnings).toEqual(['Sweep failed and will be tried again: Error: no database', 'Sweep works again']);
  });

  it('stops when told, after the task that runs', async () => {
    let end = (): void => undefined;
    const task = jest.fn(() => new Promise<void>((resolve) => (end = resolve)));
    jobs.start('Sweep', 1_000, task);
    await jest.advanceTimersByTimeAsync(1_000);
    let stopped = false;
    const stopping = jobs.onModuleDestroy().then(() => (stopped = true));
    await jest.advanceTimersByTimeAsync(5_000);
    expect(stopped).toBe(false);
    end();
    await stopping;
    await jest.advanceTimersByTimeAsync(5_000);
    expect(task).toHaveBeenCalledTimes(1);
  });

  it('comes to no turn once it is held, which is no stop', async () => {
    const task = jest.fn(async () => undefined);
    jobs.start('Sweep', 1_000, task);
    await jest.advanceTimersByTimeAsync(1_000);
    jobs.hold();
    jobs.start('Flush', 1_000, task);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(task).toHaveBeenCalledTimes(1);
    expect(jobs.isStopping).toBe(false);
    await jobs.onModuleDestroy();
    expect(jobs.isStopping).toBe(true);
  });
});
