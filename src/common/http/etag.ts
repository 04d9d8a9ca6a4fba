import { createHash } from 'node:crypto';
import { PreconditionFailedError } from '../errors/request.errors.js';

/** The entity tag of a resource as it is answered (RFC 9110, section 8.8.3): equal bodies, equal tags. */
export function entityTag(body: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22)}"`;
}

/**
 * Whether a header of entity tags names one. Proxies that compress make strong tags weak on their way, so both count
 * as equal.
 */
export function namesTag(header: string, tag: string): boolean {
  return header.split(',').some((entry) => {
    const named = entry.trim();
    return named === '*' || named === tag || named === `W/${tag}`;
  });
}

/**
 * Refuses an edit of a resource that has changed since the client read it. Called in the transaction of the edit, with
 * the row locked, so that of two edits under one tag the second is refused.
 *
 * @param ifMatch what the client sent as `If-Match`; null accepts any state
 * @param current the resource as a GET would answer it now
 * @throws PreconditionFailedError
 */
export function requireMatch(ifMatch: string | null, current: object): void {
  if (ifMatch !== null && !namesTag(ifMatch, entityTag(current))) throw new PreconditionFailedError();
}
