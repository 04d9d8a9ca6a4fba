import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Siblings } from '../workers/siblings.js';
import { isError } from './errors/is-error.js';

interface Job {
  readonly name: string;
  readonly intervalMs: number;
  readonly task: () => Promise<void>;
  readonly everywhere: boolean;
  timer: NodeJS.Timeout | null;
  running: Promise<void>;
  /** What the last run failed with, so that an outage is one line in the log and not one per interval. */
  failure: string | null;
}

/**
 * Work that is repeated beside the requests: sweeps, flushes, clean-ups. Every replica runs every job, so a task must
 * be safe to run on several at once; of several workers on a machine the one on duty does.
 *
 * `start(name, intervalMs, task)` first runs the task after one interval, then one interval after each end: a job
 * never overlaps itself. Timers keep no process alive. A task that fails is tried again at its next turn; the log
 * names a failure once, and its end.
 *
 * All jobs stop in `onModuleDestroy`, which waits for the tasks that run. A service that has something left to write
 * does so in its own `beforeApplicationShutdown`: its job is at rest by then, and the database is still there.
 */
@Injectable()
export class BackgroundJobs implements OnModuleDestroy {
  private readonly logger = new Logger(BackgroundJobs.name);
  private readonly jobs: Job[] = [];
  private stopped = false;
  private held = false;

  constructor(private readonly siblings: Siblings) {}

  /**
   * @param intervalMs milliseconds between the end of one run and the start of the next
   * @param everywhere what is to be done lies in the process's own memory, so that each worker does it
   */
  start(name: string, intervalMs: number, task: () => Promise<void>, { everywhere = false } = {}): void {
    const job: Job = { name, intervalMs, task, everywhere, timer: null, running: Promise.resolve(), failure: null };
    this.jobs.push(job);
    this.schedule(job);
  }

  /** No job comes to its turn any more: for a process that does one thing and ends. */
  hold(): void {
    this.held = true;
    for (const job of this.jobs) clearTimeout(job.timer ?? undefined);
  }

  /** Whether the service is stopping: a task that works through many pieces ends with the present one. */
  get isStopping(): boolean {
    return this.stopped;
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    for (const job of this.jobs) clearTimeout(job.timer ?? undefined);
    await Promise.all(this.jobs.map((job) => job.running));
  }

  private schedule(job: Job): void {
    if (this.stopped || this.held) return;
    job.timer = setTimeout(() => {
      job.running = this.run(job).finally(() => this.schedule(job));
    }, job.intervalMs);
    job.timer.unref();
  }

  private async run(job: Job): Promise<void> {
    if (!job.everywhere && !this.siblings.isOnDuty) return;
    try {
      await job.task();
      if (job.failure !== null) this.logger.log(`${job.name} works again`);
      job.failure = null;
    } catch (error) {
      const failure = isError(error) ? `${error.name}: ${error.message}` : String(error);
      if (failure !== job.failure) this.logger.warn(`${job.name} failed and will be tried again: ${failure}`);
      job.failure = failure;
    }
  }
}
