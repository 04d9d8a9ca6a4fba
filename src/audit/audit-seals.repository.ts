import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Prisma } from '../database/generated/client.js';
import { firstPreviousHash, type StoredEntry } from './audit-chain.js';
import { storedEntryColumns } from './stored-entry.sql.js';

/** The end of an account's chain; seq 0 where there is none yet. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: Buffer;
}

export interface NewLink {
  readonly seq: number;
  readonly entryId: string;
  readonly entryHash: Buffer;
  readonly hash: Buffer;
}

export interface NewSeal {
  readonly seq: number;
  readonly firstSeq: number;
  readonly hash: Buffer;
  readonly oldestAt: Date;
  readonly newestAt: Date;
  readonly sealedAt: Date;
  readonly keyId: string;
  readonly signature: Buffer;
}

/** Of two keys: this one, and a hash of the account's id. */
const chainLock = 0x61756469;

/** The chain and the queue of what is not in it yet. Locks are those of transactions: they hold behind a pooler. */
@Injectable()
export class AuditSealsRepository {
  constructor(private readonly database: Database) {}

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

  /** Whether this transaction may now extend the chain; nobody else can until it ends. */
  async tryLock(tx: Prisma.TransactionClient, accountId: string): Promise<boolean> {
    const rows = await tx.$queryRaw<{ locked: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(${chainLock}::int, hashtext(${accountId})) AS locked`;
    return rows[0]?.locked === true;
  }

  /** As `tryLock`, but waits for its turn. */
  async lock(tx: Prisma.TransactionClient, accountId: string): Promise<void> {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(${chainLock}::int, hashtext(${accountId}))::text`;
  }

  async head(tx: Prisma.TransactionClient, accountId: string): Promise<ChainHead> {
    const rows = await tx.$queryRaw<{ seq: bigint; hash: Uint8Array }[]>`
      SELECT seq, hash FROM (
        (SELECT seq, hash FROM audit_links WHERE account_id = ${accountId}::uuid ORDER BY seq DESC LIMIT 1)
        UNION ALL
        (SELECT last_seq, hash FROM audit_stubs WHERE account_id = ${accountId}::uuid ORDER BY last_seq DESC LIMIT 1)
      ) AS ends ORDER BY seq DESC LIMIT 1`;
    const end = rows[0];
    if (end === undefined) return { seq: 0, hash: firstPreviousHash(accountId) };
    return { seq: Number(end.seq), hash: Buffer.from(end.hash) };
  }

  /**
   * Takes the oldest entries from the queue. An entry that is gone stays in the queue for ever: nothing else tells
   * that it was there.
   */
  async takeUnsealed(tx: Prisma.TransactionClient, accountId: string, limit: number): Promise<StoredEntry[]> {
    return tx.$queryRaw<StoredEntry[]>`
      WITH batch AS MATERIALIZED (
        SELECT u.entry_id FROM audit_unsealed u
        WHERE u.account_id = ${accountId}::uuid
          AND EXISTS (SELECT FROM audit_log a WHERE a.account_id = u.account_id AND a.id = u.entry_id)
        ORDER BY u.entry_id LIMIT ${limit}
      ), taken AS (
        DELETE FROM audit_unsealed u USING batch b
        WHERE u.account_id = ${accountId}::uuid AND u.entry_id = b.entry_id RETURNING u.entry_id
      )
      SELECT ${Prisma.raw(storedEntryColumns)} FROM taken t
      JOIN audit_log a ON a.account_id = ${accountId}::uuid AND a.id = t.entry_id ORDER BY a.at, a.id`;
  }

  async addLinks(tx: Prisma.TransactionClient, accountId: string, links: readonly NewLink[]): Promise<void> {
    const rows = links.map(({ seq, entryId, entryHash, hash }) => {
      return { seq, entry_id: entryId, entry_hash: entryHash.toString('hex'), hash: hash.toString('hex') };
    });
    await tx.$executeRaw`
      INSERT INTO audit_links (account_id, seq, entry_id, entry_hash, hash)
      SELECT ${accountId}::uuid, l.seq, l.entry_id, decode(l.entry_hash, 'hex'), decode(l.hash, 'hex')
      FROM json_to_recordset(${JSON.stringify(rows)}::json) AS l(seq bigint, entry_id uuid, entry_hash text, hash text)`;
  }

  async addSeal(tx: Prisma.TransactionClient, accountId: string, seal: NewSeal): Promise<void> {
    const { seq, firstSeq, hash, oldestAt, newestAt, sealedAt, keyId, signature } = seal;
    await tx.$executeRaw`
      INSERT INTO audit_seals (account_id, seq, first_seq, hash, oldest_at, newest_at, sealed_at, key_id, signature)
      VALUES (${accountId}::uuid, ${seq}::bigint, ${firstSeq}::bigint, decode(${hash.toString('hex')}, 'hex'),
        ${oldestAt}::timestamptz, ${newestAt}::timestamptz, ${sealedAt}::timestamptz, ${keyId},
        decode(${signature.toString('hex')}, 'hex'))`;
  }
}
