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
  /** Set for a personal access token. */
  readonly personalAccessTokenId: string | null;
  /** The person or service account behind a personal access token. */
  readonly userId: string | null;
  readonly address: string | null;
  readonly requestId: string;
  /** Set while a POST with an `Idempotency-Key` runs: the transaction of the work keeps its answer under it. */
  readonly idempotency: IdempotencyClaim | null;
}

/** The claim on an idempotency key: names the row in which the answer is kept. */
export interface IdempotencyClaim {
  readonly path: string;
  readonly key: string;
}
