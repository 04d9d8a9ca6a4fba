import { isUnavailable } from '../database/is-unavailable.js';
import type { Clock } from './clock.js';
import { UnavailableError } from './errors/request.errors.js';
import { UnderWay } from './under-way.js';

/** What became of one item of a batch: an answer, a fault of its own, or that it must start over. */
export type ItemResult<Result> =
  | { readonly kind: 'done'; readonly value: Result }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'again' };

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly accountId: string;
  readonly key: string;
  /** Of the clock that only goes forward, in milliseconds. */
  readonly deadline: number;
  readonly resolve: (value: Result) => void;
  readonly reject: (error: unknown) => void;
}

interface AccountQueue<Item, Result> {
  readonly waiting: Map<string, Waiting<Item, Result>[]>;
  /** Keys with something waiting and nothing under way, in order of arrival. */
  readonly ready: Set<string>;
}

export interface BatchQueueOptions<Item, Result> {
  /** Works on one account's items, no two with the same key; answers one result for each, in their order. */
  readonly run: (accountId: string, items: readonly Item[]) => Promise<readonly ItemResult<Result>[]>;
  readonly clock: Clock;
  /** Batches under way at once. */
  readonly lanes?: number;
  readonly maxBatch?: number;
  /** Items with the same key in one batch (1 unless said otherwise), for work that tells for itself which must start over. */
  readonly maxPerKey?: number;
}

/** Beyond this many waiting items, new ones are turned away at once. */
const maxWaiting = 2_000;
/** An item that was not answered by then is given up: its client is about to be told 503 anyway (milliseconds). */
const patienceMs = 4_500;
/** Deadlock and serialization failure: nothing was written, and another try may pass. */
const startOverStates = new Set(['40P01', '40001']);

/**
 * Lets work that arrives together share its round trips: a batch is what came in while the last one was under way,
 * and no item ever waits for a batch to fill. Beside a batch of its own account one begins with at least half as many
 * (see `UnderWay`). One account to a batch, accounts in turn; of items with the same key one at a time. If a batch fails,
 * its items are tried one by one, so that a bad one fails alone.
 */
export class BatchQueue<Item, Result> {
  private readonly accounts = new Map<string, AccountQueue<Item, Result>>();
  private readonly busy = new Set<string>();
  private readonly underWay = new UnderWay();
  private waitingCount = 0;
  private lanesInUse = 0;
  private scheduled = false;

  constructor(private readonly options: BatchQueueOptions<Item, Result>) {}

  /** Resolves with the item's result; rejects with its own error, or `UnavailableError` when it cannot be served in time. */
  submit(accountId: string, key: string, item: Item): Promise<Result> {
    if (this.waitingCount >= maxWaiting) return Promise.reject(new UnavailableError());
    const deadline = this.options.clock.monotonic() + patienceMs;
    return new Promise((resolve, reject) => {
      this.enqueue({ item, accountId, key, deadline, resolve, reject }, 'back');
      this.schedule();
    });
  }

  private enqueue(entry: Waiting<Item, Result>, end: 'front' | 'back'): void {
    let account = this.accounts.get(entry.accountId);
    if (account === undefined) this.accounts.set(entry.accountId, (account = { waiting: new Map(), ready: new Set() }));
    const list = account.waiting.get(entry.key);
    if (list === undefined) account.waiting.set(entry.key, [entry]);
    else if (end === 'front') list.unshift(entry);
    else list.push(entry);
    if (!this.busy.has(busyKey(entry))) account.ready.add(entry.key);
    this.waitingCount++;
  }

  /** What arrives in the same turn of the event loop goes together. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.fillLanes();
    });
  }

  private fillLanes(): void {
    while (this.lanesInUse < (this.options.lanes ?? 2)) {
      const batch = this.take();
      if (batch.length === 0) return;
      this.lanesInUse++;
      const keys = new Set(batch.map(({ key }) => key)).size;
      const end = this.underWay.begin(batch[0]!.accountId, keys, () => this.fillLanes());
      void this.work(batch).finally(() => {
        end();
        this.lanesInUse--;
        this.release(batch);
        this.fillLanes();
      });
    }
  }

  private take(): Waiting<Item, Result>[] {
    const now = this.options.clock.monotonic();
    for (const [accountId, account] of Array.from(this.accounts)) {
      if (this.underWay.holdsBack(accountId, account.ready.size)) continue;
      const batch: Waiting<Item, Result>[] = [];
      for (const key of account.ready) {
        account.ready.delete(key);
        this.takeKey(account, key, now, batch);
        if (batch.length >= (this.options.maxBatch ?? 64)) break;
      }
      this.accounts.delete(accountId);
      // To the back of the line: accounts take turns.
      if (account.waiting.size > 0) this.accounts.set(accountId, account);
      if (batch.length > 0) return batch;
    }
    return [];
  }

  private takeKey(account: AccountQueue<Item, Result>, key: string, now: number, batch: Waiting<Item, Result>[]): void {
    for (let count = 0; count < (this.options.maxPerKey ?? 1); count++) {
      const entry = this.next(account, key, now);
      if (entry === null) return;
      this.busy.add(busyKey(entry));
      batch.push(entry);
    }
  }

  private next(account: AccountQueue<Item, Result>, key: string, now: number): Waiting<Item, Result> | null {
    const list = account.waiting.get(key) ?? [];
    for (let entry = list.shift(); entry !== undefined; entry = list.shift()) {
      this.waitingCount--;
      if (list.length === 0) account.waiting.delete(key);
      if (entry.deadline > now) return entry;
      entry.reject(new UnavailableError());
    }
    return null;
  }

  private release(batch: readonly Waiting<Item, Result>[]): void {
    for (const entry of batch) {
      this.busy.delete(busyKey(entry));
      const account = this.accounts.get(entry.accountId);
      if (account?.waiting.has(entry.key)) account.ready.add(entry.key);
    }
  }

  private async work(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      this.settle(
        batch,
        await this.options.run(
          batch[0]!.accountId,
          batch.map(({ item }) => item),
        ),
      );
    } catch (error) {
      if (startOverStates.has((error as { code?: string }).code ?? ''))
        this.settle(
          batch,
          batch.map(() => ({ kind: 'again' })),
        );
      else if (batch.length === 1 || error instanceof UnavailableError || isUnavailable(error)) {
        for (const { reject } of batch) reject(error);
      } else for (const entry of batch) await this.work([entry]);
    }
  }

  private settle(batch: readonly Waiting<Item, Result>[], results: readonly ItemResult<Result>[]): void {
    batch.forEach((entry, index) => {
      const result = results[index]!;
      if (result.kind === 'done') entry.resolve(result.value);
      else if (result.kind === 'failed') entry.reject(result.error);
    });
    // From the last to the first, each before the one after it: they keep their order.
    for (let index = batch.length - 1; index >= 0; index--) {
      if (results[index]!.kind === 'again') this.enqueue(batch[index]!, 'front');
    }
  }
}

function busyKey({ accountId, key }: { accountId: string; key: string }): string {
  return `${accountId} ${key}`;
}
