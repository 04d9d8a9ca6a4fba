import type { Response } from 'express';
import type { RateLimitRecord } from './rate-limit.storage.js';

/**
 * Sets `X-RateLimit-Limit`, `-Remaining` and `-Reset` (epoch seconds), and `Retry-After` (seconds) on a refusal, where
 * it names the same moment as Reset.
 */
export function setRateLimitHeaders(response: Response, limit: number, record: RateLimitRecord): void {
  response.setHeader('X-RateLimit-Limit', limit);
  response.setHeader('X-RateLimit-Remaining', record.remaining);
  response.setHeader('X-RateLimit-Reset', record.resetAt);
  if (record.isBlocked) response.setHeader('Retry-After', record.timeToBlockExpire);
}
