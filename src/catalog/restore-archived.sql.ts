import { batchAuditRows, insertBatchAudit, type PlannedAudit } from '../audit/batch-audit.js';
import type { Actor } from '../auth/actor.js';
import type { CatalogKind } from './catalog-names.repository.js';

/*
 * An event that names an archived product or environment brings it back, in the statement that writes the event.
 */

/** What an event brings back, and the audit row of that. */
export interface PlannedRestore {
  readonly kind: CatalogKind;
  readonly id: string;
  readonly audit: PlannedAudit;
}

/** A product or environment as events know it. */
export interface MaybeArchived {
  readonly id: string;
  readonly name: string;
  readonly archivedAt: Date | null;
}

/** What an event brings back of what it names; null where that is new. */
export function planRestores(
  named: { readonly product: MaybeArchived | null; readonly environment?: MaybeArchived | null },
  newId: () => string,
): PlannedRestore[] {
  const kinds = ['product', 'environment'] as const;
  return kinds.flatMap((kind) => {
    const thing = named[kind];
    if (thing == null || thing.archivedAt === null) return [];
    const { id, name, archivedAt } = thing;
    const audit: PlannedAudit = {
      id: newId(),
      action: `${kind}.restored`,
      resourceType: kind,
      resourceId: id,
      before: { name, archived_at: archivedAt },
      after: { name, archived_at: null },
    };
    return [{ kind, id, audit }];
  });
}

/** The two values that `restoreArchived` takes, as JSON: what is brought back, and the audit rows. */
export function restoreValues(
  writes: readonly { readonly plan: { readonly restores: readonly PlannedRestore[] }; readonly actor: Actor | null }[],
): [string, string] {
  const restores = writes.flatMap(({ plan, actor }, i) => plan.restores.map((restore) => ({ i, actor, ...restore })));
  return [
    JSON.stringify(restores.map(({ i, kind, id }, n) => ({ i, n, kind, id }))),
    JSON.stringify(restores.flatMap(({ actor, audit }, n) => batchAuditRows(n, actor, [audit]))),
  ];
}

/**
 * SQL that brings back what written plans name, each thing once, and audits it where it was archived indeed: parts of a
 * WITH, behind the part `written` with the plans' `i` and `now`. Rows are locked in the order of their ids, products
 * before environments, behind everything else that the statement locks.
 *
 * Plan: nothing where nothing is to be brought back; else primary keys.
 *
 * @param rows the placeholders of the two `restoreValues`
 * @param opened SQL of the rows `id` of environments that the statement has changed itself and so has brought back
 */
export function restoreArchived([things, audits]: readonly [string, string], opened: string | null): string {
  const wanted = (kind: CatalogKind) =>
    `SELECT id FROM restores WHERE kind = '${kind}' AND i IN (SELECT i FROM written)`;
  const parts = (['product', 'environment'] as const).map(
    (kind) => `
held_${kind}s AS MATERIALIZED (
  SELECT q.id FROM ${kind}s q
  WHERE q.account_id = $1::uuid AND q.id = ANY (ARRAY(${wanted(kind)})) AND q.archived_at IS NOT NULL
  ORDER BY q.id FOR NO KEY UPDATE
),
restored_${kind}s AS (
  UPDATE ${kind}s q SET archived_at = NULL, updated_at = r.now FROM restores r JOIN held_${kind}s h ON h.id = r.id
  WHERE q.account_id = $1::uuid AND q.id = h.id
  RETURNING r.n, r.now
)`,
  );
  const gates =
    opened === null
      ? ''
      : `UNION ALL SELECT r.n, r.now FROM restores r WHERE r.kind = 'environment' AND r.id IN (${opened})`;
  return `
restores AS MATERIALIZED (
  SELECT DISTINCT ON (r.kind, r.id) r.*, x.now
  FROM json_to_recordset(${things}::json) AS r(i int, n int, kind text, id uuid) JOIN input x ON x.i = r.i
  ORDER BY r.kind, r.id, (r.i IN (SELECT i FROM written)) DESC, r.i
),${parts.join(',')},
restored AS MATERIALIZED (
  SELECT n AS i, now FROM restored_products UNION ALL SELECT n, now FROM restored_environments ${gates}
),
restored_audit_rows AS (${insertBatchAudit(audits, 'restored')}
)`;
}
