import { type CatalogFilter, isAsked } from './catalog-filter.js';

/*
 * What is archived is hidden from lists, unless it was asked for by name or id. Plan: the archived ones of an account are
 * few, found by a partial index once for the whole statement, and compared with each row that is read anyway.
 */

/** The condition that `column` is the id of no archived product; empty where products were asked for. */
export function hideArchivedProducts(column: string, account: string, asked: CatalogFilter | null): string {
  return isAsked(asked) ? '' : noneOf(column, 'products', account);
}

/** As `hideArchivedProducts`, for environments. */
export function hideArchivedEnvironments(column: string, account: string, asked: CatalogFilter | null): string {
  return isAsked(asked) ? '' : noneOf(column, 'environments', account);
}

function noneOf(column: string, table: 'products' | 'environments', account: string): string {
  return `${column} <> ALL (ARRAY(SELECT hidden.id FROM ${table} hidden
    WHERE hidden.account_id = ${account} AND hidden.archived_at IS NOT NULL))`;
}
