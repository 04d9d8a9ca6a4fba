import type { Env } from '../config/env.js';

/** One long transaction must not keep everything else of its process waiting. */
const fewestOfWorker = 2;

/** Connections of each process: workers share `DATABASE_POOL_SIZE`, but none has fewer than two. */
export function poolSizeOfEach({ databasePoolSize, workers }: Pick<Env, 'databasePoolSize' | 'workers'>): number {
  return workers === 1 ? databasePoolSize : Math.max(fewestOfWorker, Math.floor(databasePoolSize / workers));
}
