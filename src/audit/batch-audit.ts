import type { Actor } from '../auth/actor.js';

/*
 * Events are audited by the statement that writes them: the rows that it is given, and the part of it that writes them.
 */

/** One change, as it goes into the audit log; when and by whom is the batch's to say. */
export interface PlannedAudit {
  readonly id: string;
  /** `<resource>.<verb>`: `build.started`. */
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * The rows of `insertBatchAudit` for one item of a batch.
 * @param i the item's place in the batch
 * @param actor null: the service of itself
 */
export function batchAuditRows(
  i: number,
  actor: Actor | null,
  audits: readonly PlannedAudit[],
): Record<string, unknown>[] {
  return audits.map((audit) => ({
    i,
    id: audit.id,
    actor_kind: actor?.kind ?? 'service',
    api_key_id: actor?.apiKeyId,
    user_id: actor?.userId,
    address: actor?.address,
    request_id: actor?.requestId,
    action: audit.action,
    resource_type: audit.resourceType,
    resource_id: audit.resourceId,
    before: audit.before,
    after: audit.after,
  }));
}

/** The beginning of a statement that adds rows. */
const insertedAudit = `INSERT INTO audit_log (account_id, id, at, actor_kind, api_key_id, user_id, address,
    request_id, action, resource_type, resource_id, before, after)`;

/**
 * SQL that adds the rows of those items that were written. `rows` is the placeholder of the rows of `batchAuditRows`
 * as JSON; $1 is the account, and `written` the earlier part of the statement with those items' `i` and `now`.
 */
export function insertBatchAudit(rows: string, written = 'written'): string {
  return `
  ${insertedAudit}
  SELECT $1::uuid, u.id, w.now, u.actor_kind, u.api_key_id, u.user_id, u.address, u.request_id, u.action,
    u.resource_type, u.resource_id, u.before, u.after
  FROM json_to_recordset(${rows}::json) AS u(
    i int, id uuid, actor_kind text, api_key_id uuid, user_id uuid, address text, request_id text, action text,
    resource_type text, resource_id uuid, before jsonb, after jsonb)
  JOIN ${written} w ON w.i = u.i`;
}
