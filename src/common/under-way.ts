/** A batch that takes longer than this is slow, and holds nothing back any more (milliseconds). */
const slowMs = 200;

/**
 * What each account has under way, and whether its next batch is worth a round trip of its own: beside one that is under
 * way, only with at least half as many keys. Fewer would cost about as much as many do, and those whose clients are
 * about to be answered are about to send more.
 */
export class UnderWay {
  private readonly keys = new Map<string, number>();

  /** Whether a batch of this many keys is to wait until another one of its account ends, or is slow. */
  holdsBack(accountId: string, keys: number): boolean {
    return keys < (this.keys.get(accountId) ?? 0) / 2;
  }

  /** Counts a batch until what it answers is called, or until it is slow: then `onSlow` is called. */
  begin(accountId: string, keys: number, onSlow: () => void): () => void {
    this.add(accountId, keys);
    let isCounted = true;
    const end = (): void => {
      clearTimeout(slow);
      if (isCounted) this.add(accountId, -keys);
      isCounted = false;
    };
    const slow = setTimeout(() => {
      end();
      onSlow();
    }, slowMs);
    return end;
  }

  private add(accountId: string, keys: number): void {
    const sum = (this.keys.get(accountId) ?? 0) + keys;
    if (sum === 0) this.keys.delete(accountId);
    else this.keys.set(accountId, sum);
  }
}
