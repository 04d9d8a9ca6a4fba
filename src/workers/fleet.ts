import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import { StartError } from '../common/errors/start.error.js';
import { LineLost, Refusal } from './channel.js';
import { FleetWorker, type PrimaryAnswers } from './fleet-worker.js';
import { RestartPause } from './restart-pause.js';

export interface FleetOptions {
  readonly count: number;
  /** Of each worker's process. */
  readonly environment: NodeJS.ProcessEnv;
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the primary answers the worker of that number. */
  readonly answersFor: (number: number) => PrimaryAnswers;
  /** A worker has ended; the next of its number begins anew. */
  readonly onEnd: (number: number) => void;
  /** None serves, and none can be started. */
  readonly onLost: (error: StartError) => Promise<void>;
}

/** Ends in a row of one worker after which a service without any other gives up. */
const mostEndsInARow = 5;
/** Longer than a worker's own stop may take (milliseconds). */
const stopPatienceMs = 12_000;

/** The workers of this machine: starts them together, each again when it ends, and stops them together. */
export class Fleet {
  private readonly workers = new Map<number, FleetWorker>();
  private readonly pauses = new Map<number, RestartPause>();
  private readonly stopping = new AbortController();
  private onDuty: FleetWorker | null = null;

  private readonly startedAt: number;

  constructor(private readonly options: FleetOptions) {
    this.startedAt = options.clock.monotonic();
  }

  /** Those that serve at this moment, by number. */
  get serving(): ReadonlyMap<number, FleetWorker> {
    return new Map([...this.workers].filter(([, worker]) => worker.serves));
  }

  /**
   * Starts all of them, and answers the port that they listen on.
   * @param beforePort is done once all are ready but for the port
   * @throws StartError where one of them does not start; none is left then
   */
  async start(beforePort: (first: FleetWorker) => Promise<void>): Promise<number> {
    const numbers = Array.from({ length: this.options.count }, (_, index) => index + 1);
    const workers = numbers.map((number) => this.fork(number));
    try {
      await Promise.all(workers.map((worker, index) => this.prepare(worker, numbers[index]!)));
      await started(workers[0]!, beforePort(workers[0]!));
      const ports = await Promise.all(workers.map((worker, index) => this.listen(worker, numbers[index]!)));
      workers.forEach((worker, index) => this.watch(worker, numbers[index]!));
      this.assignDuty();
      return ports[0]!;
    } catch (error) {
      this.stopping.abort();
      for (const worker of workers) worker.kill();
      throw error;
    }
  }

  /** Resolves once all have ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const workers = [...this.workers.values()];
    for (const worker of workers) worker.channel.ask('stop', null).catch(() => undefined);
    const timer = setTimeout(() => workers.forEach((worker) => worker.kill()), stopPatienceMs);
    await Promise.all(workers.map(({ ended }) => ended));
    clearTimeout(timer);
  }

  private fork(number: number): FleetWorker {
    const worker = FleetWorker.fork(this.options.environment, this.options.answersFor(number));
    this.workers.set(number, worker);
    return worker;
  }

  private async prepare(worker: FleetWorker, number: number): Promise<void> {
    const { databaseUrl, clock } = this.options;
    await started(
      worker,
      worker.prepare(() => ({ number, databaseUrl, upForMs: clock.monotonic() - this.startedAt })),
    );
  }

  private async listen(worker: FleetWorker, number: number): Promise<number> {
    const port = await started(worker, worker.channel.ask('listen', null));
    const { clock, logger } = this.options;
    worker.servesSince = clock.monotonic();
    logger.log(`Worker ${number} serves as process ${worker.pid}`);
    return port;
  }

  private watch(worker: FleetWorker, number: number): void {
    void worker.ended.then((how) => this.startAgain(number, worker, `has ended ${how}`));
  }

  /** @param what became of the last one */
  private async startAgain(number: number, last: FleetWorker, what: string): Promise<void> {
    const { signal } = this.stopping;
    if (signal.aborted) return;
    const { clock, logger, onEnd, onLost } = this.options;
    this.workers.delete(number);
    onEnd(number);
    if (this.onDuty === last) this.assignDuty();

    const pause = this.pauseOf(number);
    const ms = pause.afterEnd(last.servesSince === null ? 0 : clock.monotonic() - last.servesSince);
    if (pause.inARow > mostEndsInARow && this.serving.size === 0) {
      this.stopping.abort();
      return onLost(new StartError(`No worker can be started again: worker ${number} ${what}.`));
    }
    logger.error(`Worker ${number} ${what}; it is started again in ${ms / 1_000} s`);
    await sleep(ms, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;

    const worker = this.fork(number);
    try {
      await this.prepare(worker, number);
      await this.listen(worker, number);
    } catch (error) {
      worker.kill();
      await worker.ended;
      return this.startAgain(number, worker, `does not start (${(error as Error).message})`);
    }
    this.watch(worker, number);
    if (this.onDuty === null) this.assignDuty();
  }

  private pauseOf(number: number): RestartPause {
    const present = this.pauses.get(number) ?? new RestartPause();
    this.pauses.set(number, present);
    return present;
  }

  private assignDuty(): void {
    const [worker = null] = this.serving.values();
    this.onDuty = worker;
    worker?.channel.ask('beOnDuty', null).catch(() => undefined);
  }
}

/** @throws StartError with what the worker says is wrong, or how it ended */
async function started<T>(worker: FleetWorker, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refusal) throw new StartError(error.message);
    if (error instanceof LineLost) throw new StartError(`A worker ended ${await worker.ended} before it was ready.`);
    throw error;
  }
}
