import type { PageCut } from '../database/newest-first.sql.js';
import { rowsRead } from '../database/newest-first.sql.js';
import { type BoundStatement, Parameters } from '../database/parameters.js';
import { type RareWay, rareWay } from './audit-ways.sql.js';

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

/**
 * Entries that one statement looks at where no index finds those that are asked for: few at first, since what is not rare
 * stands close together.
 */
export const firstWindow = 500;
export const laterWindows = 5_000;

const rareColumns = [
  ['action', 'action'],
  ['resourceType', 'resource_type'],
  ['actor', 'actor_kind'],
] as const;

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
 * One step of the list, newest first. Plan: the entries of a resource, a person, an API key or a request by their indexes,
 * those of a rare action, kind of resource or actor by theirs (`rareWay`), all others by time. What else is asked for, is
 * asked of a window of entries, whose end each row carries as `end`; while the window is full, there may be more behind it.
 */
export function listAuditLog(accountId: string, filter: AuditFilter, cut: PageCut, window: number): BoundStatement {
  const parameters = new Parameters();
  const account = parameters.add(accountId, 'uuid');
  const { way, rest } = wayOf(filter, parameters);
  const indexed = [`a.account_id = ${account}`, ...(way === null ? [] : [way.on])];
  const { after, from, to } = cut;
  if (filter.resourceId !== null) indexed.push(`a.resource_id = ${parameters.add(filter.resourceId, 'uuid')}`);
  if (filter.userId !== null) indexed.push(`a.user_id = ${parameters.add(filter.userId, 'uuid')}`);
  if (filter.apiKeyId !== null) indexed.push(`a.api_key_id = ${parameters.add(filter.apiKeyId, 'uuid')}`);
  if (filter.requestId !== null) indexed.push(`a.request_id = ${parameters.add(filter.requestId, 'text')}`);
  if (from !== null) indexed.push(`a.at >= ${parameters.add(from, 'timestamptz')}`);
  if (to !== null) indexed.push(`a.at <= ${parameters.add(to, 'timestamptz')}`);
  if (after !== null) {
    indexed.push(
      `(a.at, a.id) < (${parameters.add(after.createdAt, 'timestamptz')}, ${parameters.add(after.id, 'uuid')})`,
    );
  }
  const asked = demandsOf(rest, parameters);
  const limit = `ORDER BY a.at DESC, a.id DESC LIMIT ${asked.length === 0 ? rowsRead(cut) : window}`;
  const entries = `SELECT a.at, a.id, a.action, a.resource_type, a.actor_kind FROM audit_log a
      WHERE ${indexed.join(' AND ')} ${limit}`;
  const text = `WITH looked AS MATERIALIZED (
      ${way === null ? entries : `SELECT a.* FROM (${way.keys}) AS k CROSS JOIN LATERAL (${entries}) AS a ${limit}`}
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

/** What narrows most without such an id: people and the service act seldom, and each action is one of many. */
function wayOf(filter: AuditFilter, parameters: Parameters): { way: RareWay | null; rest: AuditFilter } {
  const { resourceId, userId, requestId } = filter;
  if (resourceId !== null || userId !== null || requestId !== null) return { way: null, rest: filter };
  for (const [name, column] of rareColumns) {
    const way = rareWay(parameters, column, filter[name]);
    if (way !== null) return { way, rest: { ...filter, [name]: null } };
  }
  return { way: null, rest: filter };
}

function demandsOf(filter: AuditFilter, parameters: Parameters): string[] {
  const demands: string[] = [];
  const oneOf = (column: string, values: readonly string[] | null) => {
    if (values !== null) demands.push(`${column} = ANY (${parameters.add(values, 'text[]')})`);
  };
  oneOf('resource_type', filter.resourceType);
  oneOf('actor_kind', filter.actor);
  if (filter.action !== null) {
    const actions = parameters.add(filter.action, 'text[]');
    demands.push(
      `EXISTS (SELECT FROM unnest(${actions}) w WHERE action = w OR (right(w, 1) = '.' AND starts_with(action, w)))`,
    );
  }
  return demands;
}
