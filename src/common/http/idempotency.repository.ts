import { Injectable } from '@nestjs/common';
import type { Actor, IdempotencyClaim } from '../../auth/actor.js';
import { Prisma } from '../../database/generated/client.js';
import { Database } from '../../database/database.js';
import { Clock } from '../clock.js';

/** A claim on an idempotency key, by its whole name. */
export interface ClaimedKey extends IdempotencyClaim {
  readonly accountId: string;
  readonly credentialId: string;
}

/** What becomes of a POST with an `Idempotency-Key`. */
export type Claim =
  /** It is the first: it runs, and nobody else does until `leasedUntil`. */
  | { readonly kind: 'claimed'; readonly leasedUntil: Date }
  /** The first is running. */
  | { readonly kind: 'running' }
  /** The key has been used for another body. */
  | { readonly kind: 'other_body' }
  /** The first was answered. A body of null showed a secret and was not kept. */
  | {
      readonly kind: 'answered';
      readonly statusCode: number;
      readonly location: string | null;
      readonly body: unknown;
    };

/** An answer to be kept. */
export interface KeptAnswer {
  readonly statusCode: number;
  readonly location: string | null;
  /** Null where the answer shows a secret: it is not kept, and the replay says so. */
  readonly body: object | null;
}

interface ClaimRow {
  readonly claimed: boolean;
  readonly same_body: boolean;
  readonly leased_until: Date;
  readonly status_code: number | null;
  readonly location: string | null;
  readonly body: unknown;
}

const keptHours = 24;
const leaseSeconds = 60;
const cleanUpBatch = 1_000;

/**
 * Takes the key, or says what it is taken for, in one statement. Plan: one look-up by the primary key. A lease that has
 * run out belonged to a process that died; an answer that is too old is as good as none.
 */
const claimKey = {
  name: 'claim_idempotency_key',
  text: `
    WITH clock AS (SELECT coalesce($6::timestamptz, clock_timestamp()) AS now),
    claim AS (
      INSERT INTO idempotency_keys AS kept (account_id, credential_id, path, key, request_hash, leased_until, created_at)
      SELECT $1::uuid, $2::uuid, $3::text, $4::text, $5::bytea, now + interval '${leaseSeconds} s', now FROM clock
      ON CONFLICT (account_id, credential_id, path, key) DO UPDATE
        SET request_hash = excluded.request_hash, leased_until = excluded.leased_until, created_at = excluded.created_at,
            status_code = NULL, location = NULL, body = NULL
        WHERE (kept.status_code IS NULL AND kept.leased_until <= excluded.created_at)
           OR kept.created_at <= excluded.created_at - interval '${keptHours} h'
      RETURNING true AS claimed, true AS same_body, leased_until, status_code, location, body
    )
    SELECT * FROM claim
    UNION ALL
    SELECT false, request_hash = $5::bytea, leased_until, status_code, location, body FROM idempotency_keys
    WHERE account_id = $1::uuid AND credential_id = $2::uuid AND path = $3::text AND key = $4::text
      AND NOT EXISTS (SELECT FROM claim)`,
};

const releaseKey = {
  name: 'release_idempotency_key',
  text: `
    DELETE FROM idempotency_keys
    WHERE account_id = $1::uuid AND credential_id = $2::uuid AND path = $3::text AND key = $4::text
      AND leased_until = $5::timestamptz AND status_code IS NULL`,
};

const keepLate = {
  name: 'keep_idempotent_answer',
  text: `
    UPDATE idempotency_keys SET status_code = $6::integer, location = $7::text, body = $8::json
    WHERE account_id = $1::uuid AND credential_id = $2::uuid AND path = $3::text AND key = $4::text
      AND leased_until = $5::timestamptz AND status_code IS NULL`,
};

/** Plan: the oldest of the index on created_at, then each by the primary key. */
const deleteOld = {
  name: 'delete_old_idempotency_keys',
  text: `
    DELETE FROM idempotency_keys WHERE (account_id, credential_id, path, key) IN (
      SELECT account_id, credential_id, path, key FROM idempotency_keys
      WHERE created_at <= coalesce($1::timestamptz, clock_timestamp()) - interval '${keptHours} h'
      ORDER BY created_at LIMIT ${cleanUpBatch})
    RETURNING 1`,
};

/** The idempotency keys that POSTs came with, and the answers that they got. */
@Injectable()
export class IdempotencyRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async claim(key: ClaimedKey, requestHash: Buffer): Promise<Claim> {
    const values = [...nameOf(key), requestHash, this.clock.frozen()];
    const [row] = await this.database.query<ClaimRow>(claimKey, values);
    // No row: another request took the key after this statement had begun, so it does not see it yet.
    if (row === undefined) return { kind: 'running' };
    if (row.claimed) return { kind: 'claimed', leasedUntil: row.leased_until };
    if (!row.same_body) return { kind: 'other_body' };
    if (row.status_code === null) return { kind: 'running' };
    return { kind: 'answered', statusCode: row.status_code, location: row.location, body: row.body };
  }

  /** Gives a key back after a refusal, so that the same request may be tried again. */
  async release(key: ClaimedKey, leasedUntil: Date): Promise<void> {
    await this.database.query(releaseKey, [...nameOf(key), leasedUntil]);
  }

  /** Keeps an answer that the work did not keep itself. */
  async keep(key: ClaimedKey, leasedUntil: Date, { statusCode, location, body }: KeptAnswer): Promise<void> {
    const json = body === null ? null : JSON.stringify(body);
    await this.database.query(keepLate, [...nameOf(key), leasedUntil, statusCode, location, json]);
  }

  /** Deletes what is older than 24 hours, in small batches. */
  async deleteOld(): Promise<void> {
    let deleted: readonly object[];
    do deleted = await this.database.query(deleteOld, [this.clock.frozen()]);
    while (deleted.length === cleanUpBatch);
  }
}

function nameOf({ accountId, credentialId, path, key }: ClaimedKey): unknown[] {
  return [accountId, credentialId, path, key];
}

/**
 * Keeps the answer to a POST under the `Idempotency-Key` that it came with, in the transaction of the work; nothing to
 * do where it came with none. Where the answer shows a secret, `body` is null.
 */
export async function keepAnswer(tx: Prisma.TransactionClient, actor: Actor, answer: KeptAnswer): Promise<void> {
  if (actor.idempotency === null) return;
  const { accountId, credentialId } = actor;
  const { path, key } = actor.idempotency;
  const body = answer.body === null ? Prisma.DbNull : (answer.body as Prisma.InputJsonObject);
  await tx.idempotencyKey.updateMany({
    where: { accountId, credentialId, path, key },
    data: { statusCode: answer.statusCode, location: answer.location, body },
  });
}
