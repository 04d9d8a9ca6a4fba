import type { PageCut } from '../database/newest-first.sql.js';
import { rowsRead } from '../database/newest-first.sql.js';
import { type BoundStatement, Parameters } from '../database/parameters.js';

/** Several values of one filter are alternatives; null: no matter which. */
export interface AuditFilter {
  /** With a dot at the end: what begins so. */
  readonly action: readonly string[] | null;
  readonly resourceType: readonly string[] | null;
  readonly resourceId: string | null;
  readonly actor: readonly string[] | null;
  readonly userId: string | null;
  readonly apiKeyId: string | null;
  readonly requestId: string | null;
}

/** Entries that one statement looks at where no index finds those that are asked for. */
export const windowSize = 5_000;

const viewColumns = `a.id, a.at AS "createdAt", a.actor_kind AS "actorKind", a.user_id AS "userId", a.api_key_id AS "apiKeyId",
  a.address, a.request_id AS "requestId", a.action, a.resource_type AS "resourceType", a.resource_id AS "resourceId",
  a.before, a.after, l.seq::float8 AS seq, encode(l.hash, 'hex') AS hash, u.name AS "userName", k.name AS "apiKeyName"`;
const named = `LEFT JOIN audit_links l ON l.account_id = a.account_id AND l.entry_id = a.id
  LEFT JOIN users u ON u.account_id = a.account_id AND u.id = a.user_id
  LEFT JOIN api_keys k ON k.account_id = a.account_id AND k.id = a.api_key_id`;

export const readAuditEntry = {
  name: 'audit_entry',
  text: `SELECT ${viewColumns} FROM audit_log a ${named} WHERE a.account_id = $1::uuid AND a.id = $2::uuid`,
  readOnly: true,
};

/**
 * One step of the list, newest first. Plan: the entries of a resource or a user by their indexes, all others by time.
 * Every index of this table costs every event, so there is none for the other filters: they are asked of a window of
 * entries, whose end each row carries as `end`; while the window is full, there may be more behind it.
 */
export function listAuditLog(accountId: string, filter: AuditFilter, cut: PageCut): BoundStatement {
  const parameters = new Parameters();
  const indexed = [`a.account_id = ${parameters.add(accountId, 'uuid')}`];
  const { after, from, to } = cut;
  if (filter.resourceId !== null) indexed.push(`a.resource_id = ${parameters.add(filter.resourceId, 'uuid')}`);
  if (filter.userId !== null) indexed.push(`a.user_id = ${parameters.add(filter.userId, 'uuid')}`);
  if (from !== null) indexed.push(`a.at >= ${parameters.add(from, 'timestamptz')}`);
  if (to !== null) indexed.push(`a.at <= ${parameters.add(to, 'timestamptz')}`);
  if (after !== null) {
    indexed.push(
      `(a.at, a.id) < (${parameters.add(after.createdAt, 'timestamptz')}, ${parameters.add(after.id, 'uuid')})`,
    );
  }
  const asked = demandsOf(filter, parameters);
  const window = asked.length === 0 ? rowsRead(cut) : windowSize;
  const text = `WITH looked AS MATERIALIZED (
      SELECT a.at, a.id, a.action, a.resource_type, a.actor_kind, a.api_key_id, a.request_id FROM audit_log a
      WHERE ${indexed.join(' AND ')} ORDER BY a.at DESC, a.id DESC LIMIT ${window}
    ), hits AS (
      SELECT at, id FROM looked WHERE ${['true', ...asked].join(' AND ')} ORDER BY at DESC, id DESC LIMIT ${rowsRead(cut)}
    ), page AS (
      SELECT ${viewColumns} FROM hits h JOIN audit_log a ON a.account_id = $1::uuid AND a.id = h.id ${named}
    ), ends AS (
      SELECT (SELECT count(*) FROM looked)::float8 AS looked, at AS "endAt", id AS "endId" FROM looked ORDER BY at, id LIMIT 1
    )
    SELECT ends.*, page.* FROM ends LEFT JOIN page ON true ORDER BY page."createdAt" DESC, page.id DESC`;
  return { statement: { name: '', text, readOnly: true }, values: parameters.values };
}

function demandsOf(filter: AuditFilter, parameters: Parameters): string[] {
  const demands: string[] = [];
  const oneOf = (column: string, values: readonly string[] | null) => {
    if (values !== null) demands.push(`${column} = ANY (${parameters.add(values, 'text[]')})`);
  };
  oneOf('resource_type', filter.resourceType);
  oneOf('actor_kind', filter.actor);
  if (filter.apiKeyId !== null) demands.push(`api_key_id = ${parameters.add(filter.apiKeyId, 'uuid')}`);
  if (filter.requestId !== null) demands.push(`request_id = ${parameters.add(filter.requestId, 'text')}`);
  if (filter.action !== null) {
    const actions = parameters.add(filter.action, 'text[]');
    demands.push(
      `EXISTS (SELECT FROM unnest(${actions}) w WHERE action = w OR (right(w, 1) = '.' AND starts_with(action, w)))`,
    );
  }
  return demands;
}
