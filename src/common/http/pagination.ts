import { QueryIntegerField } from '../validation/query-fields.js';
import { CursorField } from './cursor.js';
import type { Cursor } from './cursor.js';

/** What every list takes; the query DTO of a list extends it. */
export class PageQuery {
  @QueryIntegerField({ min: 1, max: 200, default: 50, description: 'Entries at most', example: 50 })
  limit!: number;

  @CursorField()
  cursor?: Cursor;
}

/** One page of a list, newest first, and where the next one starts; null on the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: Cursor | null;
}

/**
 * Cuts a page from rows of which one more was read than is shown: that one only tells that there is more.
 *
 * @param limit entries of the page at most
 */
export function cutPage<Row extends Cursor>(rows: readonly Row[], limit: number): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? { createdAt: last.createdAt, id: last.id } : null };
}

/** The same page with other items, such as DTOs for rows. */
export function mapPage<From, To>(page: Page<From>, convert: (item: From) => To): Page<To> {
  return { items: page.items.map(convert), next: page.next };
}
