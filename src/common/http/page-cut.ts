import type { PageCut } from '../../database/newest-first.sql.js';
import type { PageQuery } from './pagination.js';

/** What a statement cuts a list by, from the query string of the list. */
export function pageCut({
  limit,
  cursor,
  from,
  to,
}: PageQuery & { readonly from?: Date; readonly to?: Date }): PageCut {
  return { limit, after: cursor ?? null, from: from ?? null, to: to ?? null };
}
