import cluster, { type Worker } from 'node:cluster';
import { Channel, type Line } from './channel.js';
import type { Preparation, ToPrimary, ToWorker } from './questions.js';

type AllAnswers = ConstructorParameters<typeof Channel<ToWorker, ToPrimary>>[1];

/** What the primary answers a worker. */
export type PrimaryAnswers = Omit<AllAnswers, 'arrived'>;

/** One process of the fleet, from its fork to its end, as the primary sees it. */
export class FleetWorker {
  readonly channel: Channel<ToWorker, ToPrimary>;
  /** Resolves with how it ended, in words. */
  readonly ended: Promise<string>;
  /** When it began to serve, by the clock that only goes forward; null before. */
  servesSince: number | null = null;
  private readonly arrived: Promise<void>;
  private hasEnded = false;

  private constructor(
    private readonly process: Worker,
    answers: PrimaryAnswers,
  ) {
    const closeHandedOver = watchHandOver(process);
    let arrive = (): void => undefined;
    this.arrived = new Promise((resolve) => (arrive = resolve));
    this.channel = new Channel<ToWorker, ToPrimary>(lineTo(process), { ...answers, arrived: () => arrive() });
    this.ended = new Promise((resolve) => {
      process.once('exit', (code: number, signal: string | null) => {
        this.hasEnded = true;
        this.channel.close();
        if (code !== 0) closeHandedOver();
        resolve(signal === null ? `with the code ${code}` : `by ${signal}`);
      });
    });
  }

  /** @param environment of the process */
  static fork(environment: NodeJS.ProcessEnv, answers: PrimaryAnswers): FleetWorker {
    return new FleetWorker(cluster.fork(environment), answers);
  }

  get pid(): number {
    return this.process.process.pid!;
  }

  get serves(): boolean {
    return this.servesSince !== null && !this.hasEnded;
  }

  /** Everything but the port. Rejects as the channel does. */
  async prepare(input: () => Preparation): Promise<void> {
    await Promise.race([this.arrived, this.ended]);
    await this.channel.ask('prepare', input());
  }

  kill(): void {
    if (!this.hasEnded) this.process.process.kill('SIGKILL');
  }
}

function lineTo(worker: Worker): Line {
  // Of a worker that has just ended its `exit` tells; an error of its pipe must not end the primary.
  worker.on('error', () => undefined);
  return {
    send: (message) => void (worker.isConnected() && worker.send(message, () => undefined)),
    onMessage: (listener) => void worker.on('message', listener),
  };
}

/**
 * Node hands connections to a worker one after the other, each with a message that the worker confirms, and forgets one
 * that is on its way to a process that is killed: its client would wait for ever. Answers what closes such a connection;
 * one that has arrived is no longer open here, and closing it again does nothing.
 */
function watchHandOver({ process: child }: Worker): () => void {
  const latest = new Map<unknown, { close(): void }>();
  const send = child.send.bind(child) as (...args: unknown[]) => boolean;
  child.send = (...args: unknown[]) => {
    const [message, handle] = args as [{ readonly key?: unknown } | undefined, { close?(): void } | undefined];
    // By the listening socket that it came in by.
    if (typeof handle?.close === 'function') latest.set(message?.key, handle as { close(): void });
    return send(...args);
  };
  return () => {
    for (const handle of latest.values()) handle.close();
  };
}
