import type { PageEnd } from './older-than.js';
import type { Parameters } from './parameters.js';

/** What every list is cut by. */
export interface PageCut {
  /** Rows wanted at most, 1 to 200. */
  readonly limit: number;
  /** The last row of the page before. */
  readonly after: PageEnd | null;
  /** Of the time of the rows, both inclusive. */
  readonly from: Date | null;
  readonly to: Date | null;
}

/**
 * Rows read at most: those of a page, and the one that tells whether there is more. One of two constants in the text,
 * since a planner that meets a parameter here expects a tenth of the table and sorts it.
 */
export function rowsRead({ limit }: PageCut): 51 | 201 {
  return limit <= 50 ? 51 : 201;
}

/** One filter of a list: how it finds rows `d` by itself, and what it asks of rows that another one has found. */
export interface Way {
  /** In the names of the statements: few letters; none where the way is too rare for the statement to be prepared. */
  readonly name: string;
  readonly by: () => {
    /** SQL of the values looked for, as rows `k` without doubles; every row `d` matches one of them at most. */
    readonly keys: string;
    /** How `d` matches `k`: with the account, the leading columns of an index. */
    readonly on: string;
  };
  readonly demand: () => string;
  /**
   * `rows`: the index is in the order of the list. `ids`: it is, and there may be a thousand keys, so rows are fetched
   * only once the page is known. `few`: the index has another order; the ids of what it finds are sorted, and rows fetched then.
   */
  readonly fetch: 'rows' | 'ids' | 'few';
}

/** Without a filter, everything is found by the account alone. */
const everything: Way = {
  name: 'all',
  by: () => ({ keys: 'SELECT', on: 'true' }),
  demand: () => 'true',
  fetch: 'rows',
};

/** A list: its table, the placeholder of the account's id, and its filters, of which the first narrows most. */
export interface NewestFirst {
  readonly table: string;
  readonly account: string;
  readonly ways: readonly Way[];
  /** A condition on every row `d` beside the filters; the same for the same filters. */
  readonly shown?: string;
  /** The column that says how old a row is, and is cut by; `created_at` unless said otherwise. */
  readonly time?: 'created_at' | 'checked_at';
}

/**
 * SQL of one page of a table, newest first, and of a row more where there are more: `cutPage` cuts it. The rows are
 * found by the first filter, the others are asked of those rows.
 *
 * Plan: for each key one scan of the index on (account_id, the key's column, created_at DESC, id DESC) that starts at
 * the cursor and ends after a page, then a merge of those few rows. The lateral with its LIMIT holds the planner to
 * that under a generic plan too, so page 10,000 costs what page 1 costs; without it, several values of one filter
 * would sort all that match.
 */
export function newestFirst(
  parameters: Parameters,
  cut: PageCut,
  { table, account, ways, shown = '', time = 'created_at' }: NewestFirst,
): string {
  const order = `ORDER BY d.${time} DESC, d.id DESC`;
  const [{ by, fetch } = everything, ...others] = ways;
  const { keys, on } = by();
  // IS TRUE keeps the planner from looking these up in an index of their own, and leaves it its estimates.
  const demands = [
    on,
    ...cutConditions(parameters, cut, `d.${time}`),
    ...others.map((way) => `(${way.demand()}) IS TRUE`),
    ...(shown === '' ? [] : [shown]),
  ];
  const conditions = [`d.account_id = ${account}`, ...demands].join(' AND ');
  const limit = `LIMIT ${rowsRead(cut)}`;
  const columns = fetch === 'rows' ? 'd.*' : `d.${time}, d.id`;
  // OFFSET 0 keeps the planner from walking the whole table in the order of the list in the hope of a match.
  const each = fetch === 'few' ? 'OFFSET 0' : `${order} ${limit}`;
  const page = `SELECT ${columns} FROM (${keys}) AS k CROSS JOIN LATERAL (
    SELECT ${columns} FROM ${table} AS d WHERE ${conditions} ${each}) AS d ${order} ${limit}`;
  return fetch === 'rows'
    ? page
    : `SELECT d.* FROM (${page}) AS page JOIN ${table} AS d ON d.account_id = ${account} AND d.id = page.id`;
}

function cutConditions(parameters: Parameters, { after, from, to }: PageCut, time: string): string[] {
  const conditions: string[] = [];
  if (after !== null) {
    const createdAt = parameters.add(after.createdAt, 'timestamptz');
    conditions.push(`(${time}, d.id) < (${createdAt}, ${parameters.add(after.id, 'uuid')})`);
  }
  if (from !== null) conditions.push(`${time} >= ${parameters.add(from, 'timestamptz')}`);
  if (to !== null) conditions.push(`${time} <= ${parameters.add(to, 'timestamptz')}`);
  return conditions;
}

/** With more filters than this at once a statement is rare, and prepared ones stay in the memory of every connection. */
const preparedFilters = 2;

/**
 * The name of the statement of one list under one set of filters: each set has a text of its own. Empty, and so never
 * prepared, for rare sets. PostgreSQL cuts names at 63 characters.
 */
export function statementName(base: string, cut: PageCut, filters: readonly Pick<Way, 'name'>[]): string {
  if (filters.length > preparedFilters || filters.some(({ name }) => name === '')) return '';
  const marks = [...filters.map(({ name }) => name), cut.after && 'after', cut.from && 'from', cut.to && 'to'];
  return [base, rowsRead(cut), ...marks.filter((mark) => mark !== null)].join('_');
}
