import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database, type Statement } from '../database/database.js';
import type { CredentialFinding, CredentialKey } from './credential.js';
import { toNarrowing } from './narrowing.js';
import { roles, type UserKind } from './permissions.js';

/**
 * Any number of credentials in one statement. Every key costs the same whether it is unknown, revoked, expired or its
 * person deactivated: each is looked up in full, and whether it is good is only a column of the row.
 *
 * Plan: for each key the unique indexes on accounts (slug; the lateral with its LIMIT holds the planner to it) and on
 * (account_id, secret_hash) of both tables, then the primary key of users and the partial index of the present role.
 */
const findCredentials: Statement = {
  name: 'find_credentials',
  readOnly: true,
  text: `
  SELECT asked.n::int, a.id AS account_id, a.slug AS account_slug, a.rate_limit_per_minute,
         coalesce(k.id, t.id) AS id, t.user_id, u.kind AS user_kind, r.role, r.approver_roles, k.scopes,
         k.product_ids, k.environment_ids, k.rotated_from,
         extract(epoch FROM coalesce(k.expires_at, t.expires_at) - clock.now)::float8 * 1000 AS expires_in_ms,
         coalesce(coalesce(k.id, t.id) IS NOT NULL
           AND coalesce(k.revoked_at, t.revoked_at) IS NULL
           AND coalesce(coalesce(k.expires_at, t.expires_at) > clock.now, true)
           AND u.deactivated_at IS NULL, false) AS good
  FROM (SELECT coalesce($4::timestamptz, clock_timestamp()) AS now) AS clock
  CROSS JOIN unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS asked (kind, account_slug, hash, n)
  LEFT JOIN LATERAL (SELECT * FROM accounts WHERE slug = asked.account_slug LIMIT 1) a ON true
  LEFT JOIN api_keys k ON asked.kind = 'sk' AND k.account_id = a.id AND k.secret_hash = decode(asked.hash, 'hex')
  LEFT JOIN personal_access_tokens t ON asked.kind = 'pat' AND t.account_id = a.id AND t.secret_hash = decode(asked.hash, 'hex')
  LEFT JOIN users u ON u.account_id = t.account_id AND u.id = t.user_id
  LEFT JOIN user_roles r ON r.account_id = t.account_id AND r.user_id = t.user_id AND r.valid_to IS NULL
  ORDER BY asked.n`,
};

interface CredentialRow {
  readonly account_id: string;
  readonly account_slug: string;
  readonly rate_limit_per_minute: number | null;
  readonly id: string;
  readonly user_id: string | null;
  readonly user_kind: UserKind | null;
  readonly role: string | null;
  readonly approver_roles: string[] | null;
  readonly scopes: string[] | null;
  readonly product_ids: string[] | null;
  readonly environment_ids: string[] | null;
  readonly rotated_from: string | null;
  readonly expires_in_ms: number | null;
  readonly good: boolean;
}

/** When a credential was last used, as milliseconds before now. */
export interface CredentialUse {
  readonly accountId: string;
  readonly id: string;
  readonly agoMs: number;
}

/**
 * Rows that another replica is just writing are skipped: it writes the same time to within seconds, and two replicas
 * never wait for each other. Plan: primary key look-ups.
 */
const markUsed = (table: 'api_keys' | 'personal_access_tokens'): Statement => ({
  name: `mark_used_${table}`,
  text: `
  WITH used AS (
    SELECT u.account_id, u.id, coalesce($4::timestamptz, clock_timestamp()) - u.ago * interval '1 millisecond' AS at
    FROM unnest($1::uuid[], $2::uuid[], $3::float8[]) AS u (account_id, id, ago)
  ), free AS (
    SELECT c.account_id, c.id, used.at
    FROM used JOIN ${table} c ON c.account_id = used.account_id AND c.id = used.id
    WHERE c.last_used_at IS NULL OR c.last_used_at < used.at
    ORDER BY c.account_id, c.id
    FOR NO KEY UPDATE OF c SKIP LOCKED
  )
  UPDATE ${table} c SET last_used_at = free.at FROM free WHERE c.account_id = free.account_id AND c.id = free.id`,
});
const markApiKeysUsed = markUsed('api_keys');
const markTokensUsed = markUsed('personal_access_tokens');

/** The look-up of credentials and the record of their use; hand-written, since every request needs them. */
@Injectable()
export class CredentialsRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** One answer for each key, in their order: null for what is unknown, revoked, expired or deactivated. */
  async find(keys: readonly CredentialKey[]): Promise<(CredentialFinding | null)[]> {
    const rows = await this.database.query<CredentialRow>(findCredentials, [
      keys.map(({ kind }) => kind),
      keys.map(({ accountSlug }) => accountSlug),
      keys.map(({ hash }) => hash.toString('hex')),
      this.clock.frozen(),
    ]);
    return rows.map(toFinding);
  }

  async markApiKeysUsed(uses: readonly CredentialUse[]): Promise<void> {
    await this.mark(markApiKeysUsed, uses);
  }

  async markTokensUsed(uses: readonly CredentialUse[]): Promise<void> {
    await this.mark(markTokensUsed, uses);
  }

  private async mark(statement: Statement, uses: readonly CredentialUse[]): Promise<void> {
    if (uses.length === 0) return;
    await this.database.query(statement, [
      uses.map(({ accountId }) => accountId),
      uses.map(({ id }) => id),
      uses.map(({ agoMs }) => agoMs),
      this.clock.frozen(),
    ]);
  }
}

function toFinding(row: CredentialRow): CredentialFinding | null {
  if (!row.good) return null;
  return {
    credential: {
      accountId: row.account_id,
      accountSlug: row.account_slug,
      kind: row.user_id === null ? 'api_key' : 'user',
      id: row.id,
      userId: row.user_id,
      userKind: row.user_kind,
      role: roles.find((role) => role === row.role) ?? null,
      approverRoles: row.approver_roles ?? [],
      scopes: row.scopes ?? [],
      narrowing: toNarrowing(row.product_ids ?? [], row.environment_ids ?? []),
      formerKeyId: row.rotated_from,
      rateLimitPerMinute: row.rate_limit_per_minute,
    },
    expiresInMs: row.expires_in_ms,
  };
}
