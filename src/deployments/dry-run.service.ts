import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Actor } from '../auth/actor.js';
import { BatchQueue, type ItemResult } from '../common/batch-queue.js';
import { Clock } from '../common/clock.js';
import { type Fault, InvalidError } from '../common/errors/invalid.error.js';
import { Metrics } from '../metrics/metrics.js';
import { type Forecast, forecast } from '../preflight/forecast.js';
import { blockCodes, type Verdict } from '../preflight/verdict.js';
import { AttemptFacts } from './attempt-facts.js';
import { type Attempted, decideAttempts, type Decided } from './decide-attempts.js';
import { decideEvent } from './decide-event.js';
import type { DeploymentEvent } from './deployment-event.js';
import { DeploymentEventsRepository } from './deployment-events.repository.js';
import { factsAt } from './facts-at.js';
import type { Judgement } from './judge-event.js';
import { withholdOutside } from './withhold-outside.js';

/** What somebody asks about: a start, and when. */
export interface AskedStart {
  readonly productName: string;
  readonly version: string;
  readonly environmentName: string;
  readonly deployedBy: string | null;
  readonly deployedByEmail: string | null;
  /** Null: now. */
  readonly at: Date | null;
}

/** What the start would be answered. */
export interface DryRun {
  /** 201, or 200 for one that is known already; 409, 423, 428; 422 for an unknown name where the catalog is closed. */
  readonly statusCode: number;
  /** Null where the checks are not asked: a repeat, an unknown name. */
  readonly judgement: Judgement | null;
  /** Of a 422. */
  readonly faults: readonly Fault[];
  readonly forecast: Forecast;
}

type Considered = Exclude<Decided, { error: unknown }>;

/** Says what would become of a start, by the very decision that the start itself goes through. Writes nothing. */
@Injectable()
export class DryRunService {
  private readonly queue: BatchQueue<Attempted, DryRun>;
  private asked = 0;

  constructor(
    private readonly events: DeploymentEventsRepository,
    private readonly attempts: AttemptFacts,
    private readonly metrics: Metrics,
    clock: Clock,
  ) {
    this.queue = new BatchQueue({ clock, run: (accountId, batch) => this.considerAll(accountId, batch) });
  }

  /** @throws UnavailableError where a rule cannot be evaluated, as the start would be answered */
  async consider(start: AskedStart, actor: Actor): Promise<DryRun> {
    // None waits for another one: each has a key of its own.
    const key = String(this.asked++);
    return this.queue.submit(actor.accountId, key, { event: toEvent(start), actor, at: start.at, isAsked: true });
  }

  private async considerAll(accountId: string, batch: readonly Attempted[]): Promise<readonly ItemResult<DryRun>[]> {
    const { attempts, events } = this;
    const { decided, reads } = await decideAttempts(accountId, batch, { attempts, events });
    this.metrics.observeBatch('dry_run', batch.length, reads);
    return decided.map(resultOf);
  }
}

function resultOf(decided: Decided): ItemResult<DryRun> {
  try {
    if (!('error' in decided)) return { kind: 'done', value: toDryRun(decided) };
    const { error } = decided;
    return error instanceof InvalidError ? { kind: 'done', value: toRefusal(error) } : { kind: 'failed', error };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

function toDryRun(considered: Considered): DryRun {
  const { outcome } = considered.decision;
  const judgement = toldOf(considered);
  if (outcome.kind !== 'blocked') {
    const created = outcome.kind === 'deployment' && outcome.opened;
    const nextAllowedAt = considered.facts.now;
    return { statusCode: created ? 201 : 200, judgement, faults: [], forecast: { nextAllowedAt, needs: [] } };
  }
  return {
    statusCode: blockCodes[outcome.verdict.blocking!.code],
    judgement,
    faults: [],
    forecast: forecast(outcome.verdict, (at) => verdictAt(considered, at)),
  };
}

function toldOf({ decision: { judgement }, actor: { narrowing }, facts }: Considered): Judgement | null {
  return judgement && { ...judgement, verdict: withholdOutside(judgement.verdict, narrowing, facts) };
}

/** What a later start would be told with today's facts; who is stale by then holds no slot. */
function verdictAt({ event, names, facts, rules }: Considered, at: Date): Verdict {
  const context = {
    event,
    names,
    rules,
    facts: factsAt(facts, at),
    holdsSkipScope: false,
    personId: null,
    grants: [],
    newId,
  };
  return decideEvent(context).judgement!.verdict;
}

function toRefusal({ faults }: InvalidError): DryRun {
  return { statusCode: 422, judgement: null, faults, forecast: { nextAllowedAt: null, needs: [] } };
}

/** A start as a pipeline reports it that says no more than this: without a run, so the caller's own is its repeat. */
function toEvent({ at: _, ...asked }: AskedStart): DeploymentEvent {
  return {
    ...asked,
    status: 'started',
    sourceSystem: null,
    buildNumber: null,
    buildUrl: null,
    deployUrl: null,
    invokeId: null,
    scmSha: null,
    scmBranch: null,
    scmRepository: null,
    deployedByName: null,
    startedAt: null,
    completedAt: null,
    extraMetadata: {},
    skipPreflightChecks: false,
    runAttempt: null,
    payload: {},
  };
}
