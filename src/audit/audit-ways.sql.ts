import type { Parameters } from '../database/parameters.js';

/**
 * What pipelines write in masses. Every index of audit_log costs every event, so those on the action, on what was changed
 * and on the kind of who did it leave these out, and cost a start and its end nothing: entries of these are found by time,
 * where they stand close together.
 */
const frequent = {
  action: ['deployment.started', 'deployment.completed'],
  resource_type: ['deployment'],
  actor_kind: ['api_key'],
} as const;

type RareColumn = keyof typeof frequent;

/** A way to entries `a` that are rare: their keys as rows `k`, and how `a` matches them. */
export interface RareWay {
  readonly keys: string;
  readonly on: string;
}

/** The condition of the index on the rare values of a column, word for word. */
const isRare = (column: RareColumn) =>
  `a.${column} NOT IN (${frequent[column].map((value) => `'${value}'`).join(', ')})`;

/** The way by a filter on a column; null where there is no filter, or frequent ones are asked for, too. */
export function rareWay(parameters: Parameters, column: RareColumn, values: readonly string[] | null): RareWay | null {
  if (values === null || frequent[column].some((one) => values.some((value) => covers(value, one)))) return null;
  const asked = parameters.add([...new Set(values)], 'text[]');
  const beginnings = column === 'action' && values.some(isBeginning);
  return {
    keys: beginnings ? knownActions(asked) : `SELECT unnest(${asked}) AS value`,
    on: `a.${column} = k.value AND ${isRare(column)}`,
  };
}

/** Whether a value asked for is this one, or the beginning of it. */
function covers(value: string, one: string): boolean {
  return value === one || (isBeginning(value) && one.startsWith(value));
}

function isBeginning(action: string): boolean {
  return action.endsWith('.');
}

/**
 * SQL of the rare actions that there are and that are asked for by name or by their beginning.
 * Plan: the index once for each action that there is, of which a release knows some dozens.
 */
function knownActions(asked: string): string {
  const next = (after: string) =>
    `SELECT a.action FROM audit_log a WHERE a.account_id = $1::uuid AND ${isRare('action')}${after} ORDER BY a.action LIMIT 1`;
  return `WITH RECURSIVE known AS (
      (${next('')})
      UNION ALL SELECT (${next(' AND a.action > known.action')}) FROM known WHERE known.action IS NOT NULL
    ) SELECT action AS value FROM known
    WHERE EXISTS (SELECT FROM unnest(${asked}) w WHERE action = w OR (right(w, 1) = '.' AND starts_with(action, w)))`;
}
