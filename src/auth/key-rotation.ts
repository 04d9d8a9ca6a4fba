import type { RotateApiKeyDto } from './api-keys.dto.js';

interface Key {
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

const minuteMs = 60_000;
const defaultOverlapMinutes = 24 * 60;

/** Why a key can be used no more, in words; null: it can. */
export function deadReason({ revokedAt, expiresAt }: Key, now: Date): 'has been revoked' | 'has expired' | null {
  if (revokedAt !== null) return 'has been revoked';
  return expiresAt !== null && expiresAt <= now ? 'has expired' : null;
}

/** When a key that is rotated stops working: after the overlap, but never later than it would have. */
export function overlapEnd(
  { expiresAt }: Key,
  { overlap_hours: hours, overlap_minutes: minutes }: Pick<RotateApiKeyDto, 'overlap_hours' | 'overlap_minutes'>,
  now: Date,
): Date {
  const overlap = minutes ?? (hours === undefined ? defaultOverlapMinutes : hours * 60);
  const end = new Date(now.getTime() + overlap * minuteMs);
  return expiresAt !== null && expiresAt < end ? expiresAt : end;
}

/** When its successor stops working: as asked, else after as long as the old key was made to work; null: never. */
export function successorExpiry(
  { createdAt, expiresAt }: Key,
  { expires_at: asked }: Pick<RotateApiKeyDto, 'expires_at'>,
  now: Date,
): Date | null {
  if (asked !== undefined) return asked;
  return expiresAt && new Date(now.getTime() + expiresAt.getTime() - createdAt.getTime());
}
