import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { BackgroundJobs } from '../common/background-jobs.js';
import { Clock } from '../common/clock.js';
import { toWireTime } from '../common/wire-time.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import { canonicalEntry, hashEntry, hashLink } from './audit-chain.js';
import { AuditKeysRepository } from './audit-keys.repository.js';
import { AuditSealsRepository, type SealedBatch, type UnsealedBatch } from './audit-seals.repository.js';
import type { AuditSigner } from './audit-signatures.js';

const everyMs = 1_000;
/** Entries of one seal, and of one transaction, at most. */
const batchSize = 200;
/** Entries that are hashed before events get their turn. */
const atOnce = 50;
/** Bytes. */
const hashLength = 32;
const logHeadsEveryMs = 24 * 3_600_000;

/**
 * Puts new entries of the audit log into the chain: numbers them, chains their hashes, and signs the end. Beside the
 * requests, so that no change waits for another one's link. Every replica does it, one at a time for each account.
 */
@Injectable()
export class AuditSealer implements OnApplicationBootstrap {
  private readonly logger = new Logger('AuditLog');
  private headsLoggedAt: number | null = null;
  /** By account. Forgotten when a batch fails: its key may be gone. */
  private readonly signers = new Map<string, AuditSigner>();

  constructor(
    private readonly prisma: PrismaService,
    private readonly seals: AuditSealsRepository,
    private readonly keys: AuditKeysRepository,
    private readonly jobs: BackgroundJobs,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.start('seal the audit log', everyMs, async () => {
      await this.sealAll();
      await this.logHeads();
    });
  }

  /** Seals all that waits, but what another replica is sealing. */
  async sealAll(): Promise<void> {
    for (const accountId of await this.seals.waitingAccounts()) {
      while ((await this.sealBatch(accountId)) === batchSize);
    }
  }

  /** Puts up to a batch of an account's entries into its chain, and answers how many. */
  private async sealBatch(accountId: string): Promise<number> {
    try {
      const signer = await this.signerOf(accountId);
      return await this.seals.seal(accountId, batchSize, async (batch) => sealedBatch(accountId, batch, signer));
    } catch (error) {
      this.signers.delete(accountId);
      throw error;
    }
  }

  private async signerOf(accountId: string): Promise<AuditSigner> {
    const known = this.signers.get(accountId);
    if (known !== undefined) return known;
    const signer = await this.prisma.$transaction(async (tx) => {
      return this.keys.signer(tx, accountId, await databaseTime(tx, this.clock));
    });
    this.signers.set(accountId, signer);
    return signer;
  }

  /** Where the log is shipped elsewhere, nobody can take back what it has said. */
  private async logHeads(): Promise<void> {
    const now = this.clock.monotonic();
    if (this.headsLoggedAt !== null && now - this.headsLoggedAt < logHeadsEveryMs) return;
    for (const { account, seq, hash, sealedAt, keyId } of await this.seals.heads()) {
      const head = `${seq}:${hash.toString('hex')}`;
      this.logger.log(`Head of the audit log of "${account}": ${head}, sealed ${toWireTime(sealedAt)} by key ${keyId}`);
    }
    this.headsLoggedAt = now;
  }
}

async function sealedBatch(accountId: string, batch: UnsealedBatch, signer: AuditSigner): Promise<SealedBatch> {
  const { entries, head, at: sealedAt } = batch;
  const entryHashes = Buffer.alloc(entries.length * hashLength);
  const hashes = Buffer.alloc(entries.length * hashLength);
  let hash = head.hash;
  for (const [i, entry] of entries.entries()) {
    if (i % atOnce === atOnce - 1) await nextTurn();
    const entryHash = hashEntry(canonicalEntry(entry));
    hash = hashLink(hash, head.seq + 1 + i, entryHash);
    entryHash.copy(entryHashes, i * hashLength);
    hash.copy(hashes, i * hashLength);
  }
  const firstSeq = head.seq + 1;
  // Entries come in the order of their time.
  const [oldestAt, newestAt] = [entries[0]!, entries.at(-1)!].map(({ at }) => new Date(at ?? 0)) as [Date, Date];
  const signature = signer.sign({
    kind: 'seal',
    account_id: accountId,
    first_seq: firstSeq,
    seq: head.seq + entries.length,
    hash: hash.toString('hex'),
    oldest_at: toWireTime(oldestAt),
    newest_at: toWireTime(newestAt),
    sealed_at: toWireTime(sealedAt),
  });
  const entryIds = entries.map(({ id }) => id);
  return { firstSeq, entryIds, entryHashes, hashes, oldestAt, newestAt, sealedAt, keyId: signer.keyId, signature };
}
