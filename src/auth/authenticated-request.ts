import type { Request } from 'express';
import type { Actor } from './actor.js';

/** A request as it is after the bearer guard. */
export interface AuthenticatedRequest extends Request {
  /** Set by the request-id middleware, before anything else. */
  requestId: string;
  actor: Actor;
  /** The account's own limit; null: the service's. */
  rateLimitPerMinute: number | null;
}
