import type { GcraDecision } from '../auth/rate-limit/gcra.js';

/** One hit on a bucket of the rate limit. */
export interface Hit {
  /** Of what kind the bucket is, such as `credentials`: kinds do not push out each other's buckets. */
  readonly kind: string;
  readonly key: string;
  readonly limitPerMinute: number;
}

/** What a process does when one of its siblings asks. */
export interface Answers {
  forgetCredentials?: () => void;
  /** The numbers of this process, as `prom-client` hands them to an aggregator. */
  metrics?: () => Promise<readonly object[]>;
}

/**
 * The processes of one service on one machine, for what they do as one (docs/adr/0017). This is what a process has that
 * serves alone: nobody to share with. `WorkerSiblings` is that of a worker.
 */
export class Siblings {
  /** What this process does when asked; each feature adds its own. */
  readonly answers: Answers = {};

  /** Of this worker, from 1; null for a process that serves alone. */
  get number(): number | null {
    return null;
  }

  /** When the first of them started, by this process's clock that only goes forward; null where that is this one. */
  get startedAt(): number | null {
    return null;
  }

  /** Whether the background jobs of which a machine needs one set run in this process. */
  get isOnDuty(): boolean {
    return true;
  }

  /** One hit on a bucket that all of them share; null where each counts for itself. */
  async take(_hit: Hit): Promise<GcraDecision | null> {
    return null;
  }

  /** Resolves once the others have forgotten what they know of credentials, or could not be asked. */
  async forgetCredentials(): Promise<void> {
    // Nobody else knows any.
  }

  /** The metrics of all of them, in the text format of Prometheus; null where this process's own are all. */
  async metricsPage(): Promise<string | null> {
    return null;
  }
}
