import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database, type RunStatement } from '../database/database.js';
import type { Prisma } from '../database/generated/client.js';
import { firstPreviousHash, type StoredEntry } from './audit-chain.js';
import { addSealedBatch, readChainEnd, takeChainLock, takeUnsealed, underIndexes } from './seal-batch.sql.js';

/** The end of an account's chain; seq 0 where there is none yet. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: Buffer;
}

/** What waits to be sealed, in the order of the chain, and what it is to follow. */
export interface UnsealedBatch {
  readonly entries: readonly StoredEntry[];
  readonly head: ChainHead;
  /** By the database's clock, or the moment that a test has frozen. */
  readonly at: Date;
}

/** Links in a row, each of an entry of the batch, and the seal under them. */
export interface SealedBatch {
  readonly firstSeq: number;
  readonly entryIds: readonly string[];
  /** 32 bytes for each entry, one after the other. */
  readonly entryHashes: Buffer;
  readonly hashes: Buffer;
  readonly oldestAt: Date;
  readonly newestAt: Date;
  readonly sealedAt: Date;
  readonly keyId: string;
  readonly signature: Buffer;
}

/** Of two keys: this one, and a hash of the account's id. */
export const chainLock = 0x61756469;

/** The chain and the queue of what is not in it yet. Locks are those of transactions: they hold behind a pooler. */
@Injectable()
export class AuditSealsRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Accounts that have entries which are not sealed. Steps from one account to the next in the primary key. */
  async waitingAccounts(): Promise<string[]> {
    const text = `WITH RECURSIVE waiting AS (
      (SELECT account_id FROM audit_unsealed ORDER BY account_id LIMIT 1)
      UNION ALL
      SELECT (SELECT u.account_id FROM audit_unsealed u WHERE u.account_id > w.account_id ORDER BY u.account_id LIMIT 1)
      FROM waiting w WHERE w.account_id IS NOT NULL
    ) SELECT account_id FROM waiting WHERE account_id IS NOT NULL`;
    const rows = await this.database.query<{ account_id: string }>({ name: 'audit_waiting', text }, []);
    return rows.map((row) => row.account_id);
  }

  /** The ends of all chains, for the log. */
  async heads(): Promise<
    (ChainHead & { readonly account: string; readonly sealedAt: Date; readonly keyId: string })[]
  > {
    const text = `SELECT c.slug AS account, s.seq::float8 AS seq, s.hash, s.sealed_at AS "sealedAt", s.key_id AS "keyId"
      FROM accounts c CROSS JOIN LATERAL (
        SELECT * FROM audit_seals s WHERE s.account_id = c.id ORDER BY s.seq DESC LIMIT 1) s ORDER BY c.slug`;
    return this.database.query({ name: '', text }, []);
  }

  /**
   * Puts the oldest entries of the queue into the chain, in one transaction, and answers how many. None where somebody
   * else extends the chain. An entry that is gone stays in the queue for ever:
   * nothing else tells that it was there.
   *
   * @param limit entries at most
   * @throws QueueChangedError where an entry of the batch has left the queue meanwhile; nothing is sealed then
   */
  async seal(
    accountId: string,
    limit: number,
    sealed: (batch: UnsealedBatch) => Promise<SealedBatch>,
  ): Promise<number> {
    return this.database.transaction(underIndexes, async (run) => {
      const [lock] = await run<{ locked: boolean }>(takeChainLock, [chainLock, accountId]);
      if (lock?.locked !== true) return 0;
      const entries = await run<StoredEntry>(takeUnsealed, [accountId, limit]);
      if (entries.length === 0) return 0;
      const { at, head } = await this.chainEnd(run, accountId);
      await this.add(run, accountId, await sealed({ entries, head, at }));
      return entries.length;
    });
  }

  /** Until the transaction ends nobody else extends the chain. Waits for its turn. */
  async lock(tx: Prisma.TransactionClient, accountId: string): Promise<void> {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(${chainLock}::int, hashtext(${accountId}))::text`;
  }

  private async chainEnd(run: RunStatement, accountId: string): Promise<{ at: Date; head: ChainHead }> {
    const rows = await run<{ now: Date; seq: number | null; hash: Buffer | null }>(readChainEnd, [accountId]);
    const { now, seq, hash } = rows[0]!;
    const head = seq === null || hash === null ? { seq: 0, hash: firstPreviousHash(accountId) } : { seq, hash };
    return { at: this.clock.frozen() ?? now, head };
  }

  private async add(run: RunStatement, accountId: string, batch: SealedBatch): Promise<void> {
    const { firstSeq, entryIds, entryHashes, hashes, oldestAt, newestAt, sealedAt, keyId, signature } = batch;
    const [added] = await run<{ taken: number }>(addSealedBatch, [
      accountId,
      firstSeq,
      entryIds,
      entryHashes,
      hashes,
      oldestAt,
      newestAt,
      sealedAt,
      keyId,
      signature,
    ]);
    if (added?.taken !== entryIds.length) throw new QueueChangedError();
  }
}

/** Entries are no longer in the queue that were there when the transaction began: nothing of it may stay. */
class QueueChangedError extends Error {
  constructor() {
    super('The queue of the audit log was changed by somebody else than the sealer; it is read anew');
  }
}
