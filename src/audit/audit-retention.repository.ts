import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { toWireTime } from '../common/wire-time.js';
import { databaseTime } from '../database/database-time.js';
import { Prisma } from '../database/generated/client.js';
import { firstPreviousHash } from './audit-chain.js';
import { AuditKeysRepository } from './audit-keys.repository.js';
import { AuditRepository } from './audit.repository.js';
import { AuditSealsRepository } from './audit-seals.repository.js';

/** What is left of a removed range, as the API shows it: hashes and the signature in hexadecimal. */
export interface AuditStub {
  readonly first_seq: number;
  readonly last_seq: number;
  readonly previous_hash: string;
  readonly hash: string;
  readonly newest_at: string;
  readonly removed_at: string;
  readonly key: string;
  readonly signature: string;
}

interface Seal {
  readonly seq: bigint;
  readonly hash: Uint8Array;
  readonly newest_at: Date;
}

/** What retention and transfer may do with the audit log, which is append-only for everybody else. */
@Injectable()
export class AuditRetentionRepository {
  constructor(
    private readonly seals: AuditSealsRepository,
    private readonly keys: AuditKeysRepository,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Removes the oldest entries, from the beginning of the chain to the end of a seal, all of which are older than
   * `before`. A signed stub stays, with which the rest of the chain can be proved; the removal is itself audited. Only
   * what is sealed is removed. To be called in a transaction of its own, and again until it answers null.
   *
   * @param limit entries at most; one seal, which holds up to 500, is removed even if it holds more
   * @returns null: nothing sealed is that old
   */
  async removeSealedRange(
    tx: Prisma.TransactionClient,
    accountId: string,
    before: Date,
    limit: number,
  ): Promise<AuditStub | null> {
    await this.seals.lock(tx, accountId);
    const begin = await this.beginning(tx, accountId);
    const seal = await this.lastSealOf(tx, accountId, begin.firstSeq, before, limit);
    if (seal === null) return null;

    const removedAt = await databaseTime(tx, this.clock);
    const signer = await this.keys.signer(tx, accountId, removedAt);
    const shown = {
      first_seq: begin.firstSeq,
      last_seq: Number(seal.seq),
      previous_hash: begin.previousHash.toString('hex'),
      hash: Buffer.from(seal.hash).toString('hex'),
      newest_at: toWireTime(seal.newest_at),
      removed_at: toWireTime(removedAt),
    };
    const signature = signer.sign({ kind: 'stub', account_id: accountId, ...shown }).toString('hex');
    await tx.$queryRaw`SELECT remove_audit_range(
      ${accountId}::uuid, ${seal.seq}::bigint, ${removedAt}::timestamptz, ${signer.keyId}, decode(${signature}, 'hex'))::text`;
    const stub = { ...shown, key: signer.keyId, signature };
    await this.audit.record(
      tx,
      { kind: 'service', accountId },
      {
        action: 'audit_log.pruned',
        resourceType: 'audit_log',
        resourceId: accountId,
        before: null,
        after: stub,
        at: removedAt,
      },
    );
    return stub;
  }

  /**
   * From now until the end of the transaction entries are added without being queued for sealing: an import brings
   * their links, and the queue, along. What it forgets, a verification calls added.
   */
  async beginImport(tx: Prisma.TransactionClient): Promise<void> {
    await tx.$queryRaw`SELECT set_config('versioner.audit_import', 'on', true)`;
  }

  private async beginning(
    tx: Prisma.TransactionClient,
    accountId: string,
  ): Promise<{ firstSeq: number; previousHash: Buffer }> {
    const rows = await tx.$queryRaw<{ last_seq: bigint; hash: Uint8Array }[]>`
      SELECT last_seq, hash FROM audit_stubs WHERE account_id = ${accountId}::uuid ORDER BY last_seq DESC LIMIT 1`;
    const stub = rows[0];
    if (stub === undefined) return { firstSeq: 1, previousHash: firstPreviousHash(accountId) };
    return { firstSeq: Number(stub.last_seq) + 1, previousHash: Buffer.from(stub.hash) };
  }

  /** The last of the seals from the beginning on that are old enough, within the limit. */
  private async lastSealOf(
    tx: Prisma.TransactionClient,
    accountId: string,
    firstSeq: number,
    before: Date,
    limit: number,
  ): Promise<Seal | null> {
    const seals = await tx.$queryRaw<Seal[]>`
      SELECT seq, hash, newest_at FROM audit_seals
      WHERE account_id = ${accountId}::uuid AND seq >= ${firstSeq}::bigint ORDER BY seq LIMIT ${Math.max(1, limit)}`;
    const young = seals.findIndex((seal) => seal.newest_at >= before);
    const old = young === -1 ? seals : seals.slice(0, young);
    return old.filter(({ seq }, i) => i === 0 || Number(seq) - firstSeq < limit).at(-1) ?? null;
  }
}
