import { UnavailableError } from './errors/request.errors.js';

/** Lets pieces of work run one at a time, in the order in which they come. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();
  private count = 0;

  /** @param max of the one that runs and those that wait */
  constructor(private readonly max: number) {}

  /** @throws UnavailableError where too many wait already */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.count >= this.max) throw new UnavailableError();
    this.count++;
    const turn = this.last.then(work).finally(() => this.count--);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
