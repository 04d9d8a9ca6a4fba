import type { Refusal } from './judge-token.js';

/** A token that is no good, and why: for the log alone, since a client learns nothing but that it is not let in. */
export class RefusedTokenError extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.told);
  }
}
