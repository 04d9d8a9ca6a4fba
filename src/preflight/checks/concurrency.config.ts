import type { ConcurrencyScope } from './check.js';

/** At most `maxConcurrent` (1…100) deployments in progress within one scope. */
export interface ConcurrencyConfig {
  readonly maxConcurrent: number;
  readonly per: ConcurrencyScope;
}
