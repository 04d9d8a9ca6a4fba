import type pg from 'pg';

/** What the driver's own queries are to its client, as far as COPY needs it. */
interface Wire {
  query(text: string): void;
  readonly stream: { pause(): void; resume(): void };
}

/** Lines are gathered in pieces of this length. */
const pieceBytes = 64 * 1024;
/** When so many wait to be taken, the database is not listened to. */
const mostWaiting = 2;
const silenceMs = 60_000;

/**
 * The lines of `COPY … TO STDOUT`, as the database sends them and never as text of this process, which would be garbage of
 * the size of the whole export. Whoever does not take what has come is not sent more.
 */
export class CopyOut {
  private wire: Wire | null = null;
  private piece = Buffer.allocUnsafeSlow(pieceBytes);
  private length = 0;
  private readonly ready: { readonly bytes: Buffer; readonly lines: number }[] = [];
  private lines = 0;
  private ended = false;
  private failure: Error | null = null;
  private wake: () => void = () => undefined;

  private constructor(private readonly text: string) {}

  /** Each piece holds whole lines. */
  static async *read(client: pg.Client, text: string): AsyncGenerator<{ bytes: Buffer; lines: number }> {
    const copy = new CopyOut(text);
    client.query(copy as unknown as pg.Submittable);
    const fail = (error: Error = new Error('The connection to the database has ended')) => copy.handleError(error);
    client.once('end', fail);
    try {
      for (;;) {
        const piece = copy.ready.shift();
        if (piece !== undefined) {
          if (copy.ready.length < mostWaiting) copy.wire?.stream.resume();
          yield piece;
        } else if (copy.failure !== null) throw copy.failure;
        else if (copy.ended) return;
        else await copy.more();
      }
    } finally {
      client.off('end', fail);
    }
  }

  /** Waits until something has come, or the end. A database that says nothing for so long is given up. */
  private async more(): Promise<void> {
    const timer = setTimeout(() => this.handleError(new Error('The database did not answer in time')), silenceMs);
    await new Promise<void>((resolve) => (this.wake = resolve));
    clearTimeout(timer);
  }

  /** Called by the client, as are the others. */
  submit(wire: Wire): void {
    this.wire = wire;
    wire.query(this.text);
  }

  /** The driver uses its memory again, so it is copied: once, since copies are freed late. */
  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    if (this.length + chunk.length > this.piece.length) this.flush();
    if (chunk.length > this.piece.length) this.piece = Buffer.allocUnsafeSlow(chunk.length);
    chunk.copy(this.piece, this.length);
    this.length += chunk.length;
    this.lines++;
  }

  handleCommandComplete(): void {
    this.flush();
  }

  handleReadyForQuery(): void {
    this.ended = true;
    this.wake();
  }

  handleError(error: Error): void {
    this.failure ??= error;
    this.wake();
  }

  private flush(): void {
    if (this.length === 0) return;
    this.ready.push({ bytes: this.piece.subarray(0, this.length), lines: this.lines });
    [this.piece, this.length, this.lines] = [Buffer.allocUnsafeSlow(pieceBytes), 0, 0];
    if (this.ready.length >= mostWaiting) this.wire?.stream.pause();
    this.wake();
  }
}
