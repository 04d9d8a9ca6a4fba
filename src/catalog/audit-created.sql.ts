import { v7 as newId } from 'uuid';
import { batchAuditRows } from '../audit/batch-audit.js';
import type { Actor } from '../auth/actor.js';

/*
 * Products, environments and versions come into being with the first event that names them: that is audited by the
 * statement that makes them, also where it does not get to write the event itself.
 */

/** A thing that an event names for the first time. */
export interface NewThing {
  readonly kind: 'product' | 'environment' | 'version';
  readonly id: string;
  /** What is known of it. */
  readonly after: Readonly<Record<string, unknown>>;
}

/** The value that `auditCreated` takes, as JSON. */
export function createdValue(
  writes: readonly { readonly created: readonly NewThing[]; readonly actor: Actor | null }[],
): string {
  const rows = writes.flatMap(({ created, actor }, i) => {
    const audits = created.map(({ kind, id, after }) => {
      const what = { action: `${kind}.created`, resourceType: kind, resourceId: id };
      return { id: newId(), ...what, before: null, after: { id, ...after } };
    });
    return batchAuditRows(i, actor, audits);
  });
  return JSON.stringify(rows);
}

/**
 * SQL of the audit rows of what a statement has made, each thing once, by the first of the batch that names it: to stand
 * behind `insertBatchAudit`, so that one insertion adds them all.
 * @param rows the placeholder of `createdValue`
 * @param made SQL of the ids of what was made
 */
export function auditCreated(rows: string, made: string): string {
  return `
  UNION ALL (
  SELECT DISTINCT ON (u.resource_id) $1::uuid, u.id, x.now, u.actor_kind, u.api_key_id, u.user_id, u.address,
    u.request_id, u.action, u.resource_type, u.resource_id, NULL::jsonb, u.after
  FROM json_to_recordset(${rows}::json) AS u(
    i int, id uuid, actor_kind text, api_key_id uuid, user_id uuid, address text, request_id text, action text,
    resource_type text, resource_id uuid, after jsonb)
  JOIN input x ON x.i = u.i WHERE u.resource_id IN (${made}) ORDER BY u.resource_id, u.i)`;
}
