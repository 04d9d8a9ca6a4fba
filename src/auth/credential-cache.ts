import { Injectable } from '@nestjs/common';
import { BatchQueue } from '../common/batch-queue.js';
import { Caches } from '../common/caches.js';
import { Clock } from '../common/clock.js';
import { Siblings } from '../workers/siblings.js';
import type { Credential, CredentialFinding, CredentialKey } from './credential.js';
import { CredentialsRepository } from './credentials.repository.js';

/** Read this long ago or less, an answer is used as it is (milliseconds). */
const freshMs = 400;
/** Up to this age it is used while it is read again. Below one second, in which a revocation must be effective. */
const usableMs = 900;
/** Credentials remembered; about a kilobyte each. */
const capacity = 5_000;

interface Entry {
  readonly credential: Credential;
  /** When the read that found it was asked for, by the clock that only goes forward. */
  readonly readAt: number;
  /** By the same clock. */
  readonly expiresAt: number;
  /** The frozen time under which it was found: another one makes it worthless. */
  readonly frozenAt: number | undefined;
}

interface Reading {
  readonly askedAt: number;
  readonly answer: Promise<Credential | null>;
}

/**
 * Remembers good credentials for less than a second, so that a busy key costs no round trip and never waits, while a
 * revocation is effective on every replica within one second of its answer: what is used was read from the database
 * at most 900 ms before, whether or not the database can still be reached. Nothing is remembered of credentials that
 * are no good, so a flood of them fills no memory. (docs/adr/0006)
 */
@Injectable()
export class CredentialCache {
  /** In the order of reading, the oldest first. */
  private readonly entries = new Map<string, Entry>();
  private readonly readings = new Map<string, Reading>();
  private readCount = 0;
  private readonly lookups: BatchQueue<CredentialKey, CredentialFinding | null>;

  constructor(
    repository: CredentialsRepository,
    private readonly clock: Clock,
    private readonly siblings: Siblings,
    caches: Caches,
  ) {
    this.lookups = new BatchQueue({
      clock,
      run: async (_, keys) => (await repository.find(keys)).map((value) => ({ kind: 'done', value })),
    });
    caches.register(() => this.clear());
    siblings.answers.forgetCredentials = () => this.clear();
  }

  /**
   * The credential, or null if it is unknown, revoked, expired or deactivated; at once where it is remembered.
   * Rejects with `UnavailableError` while the database is away.
   */
  find(key: CredentialKey): Credential | Promise<Credential | null> {
    const id = key.hash.toString('latin1');
    const entry = this.entries.get(id);
    if (entry === undefined) return this.read(id, key);
    const now = this.clock.monotonic();
    const age = now - entry.readAt;
    if (age >= usableMs || now >= entry.expiresAt || entry.frozenAt !== this.frozenAt()) return this.read(id, key);
    // A failure is for whoever has to wait for the answer.
    if (age > freshMs) this.read(id, key).catch(() => undefined);
    return entry.credential;
  }

  /**
   * After a change: forgets everything, here and on the other workers of this machine, so that what was revoked is refused
   * from the answer on. A worker that cannot be told finds out by itself, within a second as another replica does.
   */
  async forget(): Promise<void> {
    this.clear();
    await this.siblings.forgetCredentials().catch(() => undefined);
  }

  /** Forgets everything that this process knows, what is just being read included. */
  clear(): void {
    this.entries.clear();
    this.readings.clear();
  }

  private read(id: string, key: CredentialKey): Promise<Credential | null> {
    const askedAt = this.clock.monotonic();
    const underWay = this.readings.get(id);
    if (underWay !== undefined && askedAt - underWay.askedAt < usableMs) return underWay.answer;
    const frozenAt = this.frozenAt();
    // Named by number, not by key: where one read hangs, the next of the same key must not wait behind it.
    const answer = this.lookups.submit('', String(++this.readCount), key).then((finding) => {
      if (this.readings.get(id) === reading) {
        this.readings.delete(id);
        this.keep(id, finding, askedAt, frozenAt);
      }
      return finding?.credential ?? null;
    });
    const reading: Reading = { askedAt, answer };
    this.readings.set(id, reading);
    answer.catch(() => {
      if (this.readings.get(id) === reading) this.readings.delete(id);
    });
    return answer;
  }

  private keep(id: string, finding: CredentialFinding | null, readAt: number, frozenAt: number | undefined): void {
    this.entries.delete(id);
    if (finding === null) return;
    const { credential, expiresInMs } = finding;
    this.entries.set(id, { credential, readAt, expiresAt: readAt + (expiresInMs ?? Infinity), frozenAt });
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= capacity) return;
      this.entries.delete(oldest);
    }
  }

  private frozenAt(): number | undefined {
    return this.clock.frozen()?.getTime();
  }
}
