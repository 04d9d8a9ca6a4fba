import type { Narrowing } from './narrowing.js';
import type { Caller } from './permissions.js';

/** Who makes a request, established by the bearer guard and passed on as an argument. */
export interface Actor extends Caller {
  readonly accountId: string;
  readonly accountSlug: string;
  readonly kind: 'api_key' | 'user';
  /** The id of the API key or of the personal access token. */
  readonly credentialId: string;
  /** Set for an API key. */
  readonly apiKeyId: string | null;
  /** The API key that this one was rotated from: what that one sent counts as sent by this one, where a retry is told. */
  readonly formerKeyId: string | null;
  /** The products and environments beyond which an API key may do nothing; null: not narrowed. */
  readonly narrowing: Narrowing | null;
  /** Set for a personal access token. */
  readonly personalAccessTokenId: string | null;
  /** The person or service account behind a personal access token. */
  readonly userId: string | null;
  readonly address: string | null;
  readonly requestId: string;
  /** Set while a POST with an `Idempotency-Key` runs: the transaction of the work keeps its answer under it. */
  readonly idempotency: IdempotencyClaim | null;
}

/** Who reads, as far as it decides what there is to see. */
export type Reader = Pick<Actor, 'accountId' | 'narrowing'>;

/** The claim on an idempotency key: names the row in which the answer is kept. */
export interface IdempotencyClaim {
  readonly path: string;
  readonly key: string;
}
