import type { FirstStart } from '../accounts/first-start.js';
import type { GcraDecision } from '../auth/rate-limit/gcra.js';
import type { Hit } from './siblings.js';

export interface Preparation {
  readonly number: number;
  readonly databaseUrl: string;
  /** How long the primary has been there (milliseconds). */
  readonly upForMs: number;
}

/** What the primary asks of a worker. */
export type ToWorker = {
  /** Make everything ready but the port. */
  prepare: { input: Preparation; answer: void };
  /** Make the first account where there is none; whether a secret that is made can be shown. */
  firstStart: { input: { readonly mayShow: boolean }; answer: FirstStart | null };
  /** Answers the port. */
  listen: { input: null; answer: number };
  /** From now on the jobs of which the machine needs one set are this worker's. */
  beOnDuty: { input: null; answer: void };
  forgetCredentials: { input: null; answer: void };
  metrics: { input: null; answer: readonly object[] };
  /** Answers what was accepted, and ends: no answer comes. */
  stop: { input: null; answer: void };
};

/** What a worker asks of the primary. */
export type ToPrimary = {
  /** Said first: what is asked of a process that does not listen yet is lost. */
  arrived: { input: null; answer: void };
  /** In the order of the hits. */
  take: { input: readonly Hit[]; answer: readonly GcraDecision[] };
  forgetCredentials: { input: null; answer: void };
  metricsPage: { input: null; answer: string };
};
