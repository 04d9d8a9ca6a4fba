import { DomainError } from './domain-error.js';

/** The documented body of a refusal by the pre-flight checks; the filter mirrors it under `detail`. */
export interface BlockedBody {
  readonly error: 'deployment_blocked';
  readonly message: string;
  readonly code: string;
  /** RFC 3339 in UTC, whole seconds; absent where no time is known. */
  readonly retry_after?: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** 409, 423 or 428: the deployment may not start, because…, until…. */
export class DeploymentBlockedError extends DomainError {
  readonly kind = 'deployment_blocked';

  /** @param retryAfterSeconds for the header, from the instant of the verdict; null where no time is known */
  constructor(
    readonly status: 409 | 423 | 428,
    readonly body: BlockedBody,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(body.message);
  }
}
