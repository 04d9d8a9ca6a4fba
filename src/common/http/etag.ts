import { createHash } from 'node:crypto';
import { PreconditionFailedError } from '../errors/request.errors.js';

/** What the service notes by itself when a resource is used: no edit, and so no other state to somebody who edits. */
const notedFromUse = 'last_used_at';

/**
 * The entity tag of a resource as it is answered (RFC 9110, section 8.8.3): equal bodies, equal tags. Use alone leaves
 * the tag as it is, or nobody could edit a key that is in use.
 */
export function entityTag(body: unknown): string {
  const state = tellsOfUse(body) ? { ...body, [notedFromUse]: undefined } : body;
  return `"${createHash('sha256').update(JSON.stringify(state)).digest('base64url').slice(0, 22)}"`;
}

/** Whether a resource says when it was used: then an equal tag does not say that a copy of it is up to date. */
export function tellsOfUse(body: unknown): body is object {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, notedFromUse);
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
