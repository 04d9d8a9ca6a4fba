/**
 * Shares calls among those who need an answer that is newer than their question: who asks while a call is under way
 * shares the next one with all who do, and calls never overlap.
 */
export class NextCall<T> {
  private underWay: Promise<unknown> = Promise.resolve();
  private next: Promise<T> | null = null;

  constructor(private readonly call: () => Promise<T>) {}

  /** Resolves and rejects as a call does that begins after this. */
  async ask(): Promise<T> {
    this.next ??= this.begin();
    return this.next;
  }

  private async begin(): Promise<T> {
    await this.underWay;
    this.next = null;
    const answer = this.call();
    this.underWay = answer.catch(() => undefined);
    return answer;
  }
}
