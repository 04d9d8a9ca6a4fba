const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** A worker that has served for so long has nothing to do with the failures before (milliseconds). */
const settledMs = 60_000;

/** How often a worker has ended in a row, and how long to wait before it is started again. */
export class RestartPause {
  private ends = 0;

  /** The number of ends without a settled time of service in between. */
  get inARow(): number {
    return this.ends;
  }

  /**
   * Notes an end, and answers the pause: each twice as long as the last, up to half a minute (milliseconds).
   * @param servedMs how long it had served, 0 if it never did
   */
  afterEnd(servedMs: number): number {
    this.ends = servedMs >= settledMs ? 1 : this.ends + 1;
    return Math.min(longestPauseMs, firstPauseMs * 2 ** (this.ends - 1));
  }
}
