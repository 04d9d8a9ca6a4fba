/** The last row of a page. */
export interface PageEnd {
  readonly createdAt: Date;
  readonly id: string;
}

/** The order of every list. */
export const newestFirstOrder: [{ createdAt: 'desc' }, { id: 'desc' }] = [{ createdAt: 'desc' }, { id: 'desc' }];

/**
 * The condition, for Prisma's `where`, of the rows that come after the end of a page in a list that is newest first.
 * Plan: `created_at <= …` alone bounds the scan of the index on (account_id, created_at DESC, id DESC); the rest only
 * decides among the rows of that very millisecond.
 */
export function olderThan(end: PageEnd | null) {
  if (end === null) return {};
  return { createdAt: { lte: end.createdAt }, OR: [{ createdAt: { lt: end.createdAt } }, { id: { lt: end.id } }] };
}
