import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { BackgroundJobs } from '../common/background-jobs.js';
import { Clock } from '../common/clock.js';
import { toWireTime } from '../common/wire-time.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import { canonicalEntry, hashEntry, hashLink, type StoredEntry } from './audit-chain.js';
import { AuditKeysRepository } from './audit-keys.repository.js';
import { AuditSealsRepository, type ChainHead, type NewLink, type NewSeal } from './audit-seals.repository.js';
import type { AuditSigner } from './audit-signatures.js';

const everyMs = 1_000;
/** Entries of one seal, and of one transaction, at most. */
const batchSize = 200;
/** Entries that are hashed before events get their turn. */
const atOnce = 25;
const logHeadsEveryMs = 24 * 3_600_000;

/**
 * Puts new entries of the audit log into the chain: numbers them, chains their hashes, and signs the end. Beside the
 * requests, so that no change waits for another one's link. Every replica does it, one at a time for each account.
 */
@Injectable()
export class AuditSealer implements OnApplicationBootstrap {
  private readonly logger = new Logger('AuditLog');
  private headsLoggedAt: number | null = null;

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
    return this.prisma.$transaction(async (tx) => {
      if (!(await this.seals.tryLock(tx, accountId))) return 0;
      const entries = await this.seals.takeUnsealed(tx, accountId, batchSize);
      if (entries.length === 0) return 0;
      const sealedAt = await databaseTime(tx, this.clock);
      const signer = await this.keys.signer(tx, accountId, sealedAt);
      const head = await this.seals.head(tx, accountId);
      const links = await linksOf(entries, head);
      await this.seals.addLinks(tx, accountId, links);
      await this.seals.addSeal(tx, accountId, sealOf(accountId, entries, links, sealedAt, signer));
      return entries.length;
    });
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

async function linksOf(entries: readonly StoredEntry[], head: ChainHead): Promise<NewLink[]> {
  const links: NewLink[] = [];
  let { seq, hash } = head;
  for (const entry of entries) {
    if (links.length % atOnce === atOnce - 1) await nextTurn();
    const entryHash = hashEntry(canonicalEntry(entry));
    hash = hashLink(hash, ++seq, entryHash);
    links.push({ seq, entryId: entry.id, entryHash, hash });
  }
  return links;
}

function sealOf(
  accountId: string,
  entries: readonly StoredEntry[],
  links: readonly NewLink[],
  sealedAt: Date,
  signer: AuditSigner,
): NewSeal {
  const { seq, hash } = links.at(-1)!;
  const firstSeq = links[0]!.seq;
  // Entries come in the order of their time.
  const [oldestAt, newestAt] = [entries[0]!, entries.at(-1)!].map(({ at }) => new Date(at ?? 0)) as [Date, Date];
  const signature = signer.sign({
    kind: 'seal',
    account_id: accountId,
    first_seq: firstSeq,
    seq,
    hash: hash.toString('hex'),
    oldest_at: toWireTime(oldestAt),
    newest_at: toWireTime(newestAt),
    sealed_at: toWireTime(sealedAt),
  });
  return { seq, firstSeq, hash, oldestAt, newestAt, sealedAt, keyId: signer.keyId, signature };
}
