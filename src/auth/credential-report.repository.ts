import { Injectable } from '@nestjs/common';
import type { PageEnd } from '../database/older-than.js';
import { Clock } from '../common/clock.js';
import { Database, type Statement } from '../database/database.js';
import type { StaleCredential, StaleKind, StaleReason } from './credential-report.mapper.js';

/**
 * What works and has not been used for long, ends soon or was made by somebody who has gone, newest first.
 *
 * Plan: the account's keys, tokens and users by the account's part of their indexes, the last use of all users in one
 * pass over the tokens, then a sort: an account has thousands of them, and the report is asked for now and then.
 */
const findStale: Statement = {
  name: 'find_stale_credentials',
  readOnly: true,
  text: `
  WITH clock AS (
    SELECT now, now - $2::int * interval '24 hours' AS unused_since, now + $3::int * interval '24 hours' AS expiring_until
    FROM (SELECT coalesce($9::timestamptz, clock_timestamp()) AS now) AS c
  ), seen AS (
    SELECT user_id, max(last_used_at) AS last_used_at FROM personal_access_tokens WHERE account_id = $1::uuid GROUP BY user_id
  ), alive AS (
    SELECT 'api_key' AS kind, k.id, k.name, k.prefix, NULL::uuid AS user_id, k.last_used_at, k.expires_at, k.created_by,
           k.created_at, k.revoked_at IS NULL AS works
    FROM api_keys k WHERE k.account_id = $1::uuid
    UNION ALL
    SELECT 'personal_access_token', t.id, t.name, t.prefix, t.user_id, t.last_used_at, t.expires_at, t.created_by,
           t.created_at, t.revoked_at IS NULL AND u.deactivated_at IS NULL
    FROM personal_access_tokens t JOIN users u ON u.account_id = t.account_id AND u.id = t.user_id
    WHERE t.account_id = $1::uuid AND t.issuer IS NULL
    UNION ALL
    SELECT 'user', u.id, u.name, NULL, u.id, seen.last_used_at, NULL, NULL, u.created_at, u.deactivated_at IS NULL
    FROM users u LEFT JOIN seen ON seen.user_id = u.id WHERE u.account_id = $1::uuid
  ), judged AS (
    SELECT a.*, array_remove(ARRAY[
      CASE WHEN a.last_used_at IS NULL AND a.created_at <= clock.unused_since THEN 'never_used' END,
      CASE WHEN a.last_used_at <= clock.unused_since THEN 'unused' END,
      CASE WHEN a.expires_at <= clock.expiring_until THEN 'expiring' END,
      CASE WHEN creator.deactivated_at IS NOT NULL THEN 'creator_deactivated' END], NULL) AS reasons
    FROM alive a CROSS JOIN clock
    LEFT JOIN users creator ON creator.account_id = $1::uuid AND creator.id = a.created_by
    WHERE a.works AND coalesce(a.expires_at > clock.now, true)
  )
  SELECT kind, id, name, prefix, user_id AS "userId", reasons, last_used_at AS "lastUsedAt", expires_at AS "expiresAt",
         created_by AS "createdBy", created_at AS "createdAt"
  FROM judged
  WHERE cardinality(reasons) > 0
    AND ($4::text[] IS NULL OR kind = ANY ($4)) AND ($5::text[] IS NULL OR reasons && $5)
    AND ($6::timestamptz IS NULL OR (created_at, id) < ($6, $7::uuid))
  ORDER BY created_at DESC, id DESC LIMIT $8::int`,
};

/** The report's terms; null where one is absent. */
export interface StaleFilter {
  readonly unusedDays: number;
  readonly expiringDays: number;
  readonly kinds: readonly StaleKind[] | null;
  readonly reasons: readonly StaleReason[] | null;
}

/** Reads which credentials somebody should look at. */
@Injectable()
export class CredentialReportRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async list(accountId: string, filter: StaleFilter, limit: number, after: PageEnd | null): Promise<StaleCredential[]> {
    const { unusedDays, expiringDays, kinds, reasons } = filter;
    const page = [after?.createdAt ?? null, after?.id ?? null, limit, this.clock.frozen()];
    return this.database.query<StaleCredential>(findStale, [
      accountId,
      unusedDays,
      expiringDays,
      kinds,
      reasons,
      ...page,
    ]);
  }
}
