import { IsReadable } from '../validation/constraints.js';
import { field } from '../validation/field.js';
import { readUuid } from '../validation/uuid.js';

/** The last row of a page. Lists are ordered by both, newest first, so the next page starts right after it. */
export interface Cursor {
  readonly createdAt: Date;
  readonly id: string;
}

/** A cursor as clients carry it: opaque to them. */
export function encodeCursor({ createdAt, id }: Cursor): string {
  return Buffer.from(`${createdAt.getTime()}.${id}`).toString('base64url');
}

/** What `encodeCursor` made, or null for anything else. */
export function decodeCursor(text: string): Cursor | null {
  if (text.length > 100) return null;
  const [, time = '', tail = ''] = /^(\d{1,15})\.(.+)$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  const id = readUuid(tail);
  const createdAt = new Date(time === '' ? Number.NaN : Number(time));
  return id === null || Number.isNaN(createdAt.getTime()) ? null : { createdAt, id };
}

/** The query parameter `cursor`; the handler gets a `Cursor`. */
export function CursorField(): PropertyDecorator {
  return field(
    { required: false, description: 'From the `Link` header of the page before' },
    {
      constraints: [IsReadable('isCursor', decodeCursor)],
      api: { type: String },
      reading: { convert: decodeCursor },
    },
  );
}
