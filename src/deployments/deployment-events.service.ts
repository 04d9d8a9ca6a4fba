import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/actor.js';
import { nameKey } from '../catalog/name-key.js';
import { BatchQueue, type ItemResult } from '../common/batch-queue.js';
import { Clock } from '../common/clock.js';
import { DeploymentBlockedError } from '../common/errors/deployment-blocked.error.js';
import { Metrics } from '../metrics/metrics.js';
import { AttemptFacts } from './attempt-facts.js';
import type { CellFacts } from './cell-facts.js';
import { type Attempted, decideAttempts, type Decided } from './decide-attempts.js';
import type { DeploymentEvent } from './deployment-event.js';
import { DeploymentEventsRepository } from './deployment-events.repository.js';
import type { PlannedWrite } from './write-values.js';
import type { Outcome } from './decide-event.js';
import { answerOf, type EventAnswer } from './event-answer.js';
import { withholdOutside } from './withhold-outside.js';

type Answer = EventAnswer | DeploymentBlockedError;

/** Records what pipelines report and decides whether their deployments may start. */
@Injectable()
export class DeploymentEventsService {
  private readonly queue: BatchQueue<Attempted, Answer>;

  constructor(
    private readonly events: DeploymentEventsRepository,
    private readonly attempts: AttemptFacts,
    private readonly metrics: Metrics,
    clock: Clock,
  ) {
    this.queue = new BatchQueue({
      clock,
      // Most of what waits for one cell is refused, and refusals can be written together.
      maxPerKey: 16,
      run: (accountId, batch) => this.recordAll(accountId, batch),
    });
  }

  /**
   * Records one event. What it answers is on disk, and so is a refusal.
   * @throws DeploymentBlockedError (409, 423, 428) with the verdict; ForbiddenError (403) outside of what the key is narrowed
   * to; UnavailableError (503) where the event may or may
   * not have been recorded: sending it again is safe.
   */
  async record(event: DeploymentEvent, actor: Actor): Promise<EventAnswer> {
    const cell = `${nameKey(event.productName)}\n${nameKey(event.environmentName)}`;
    const answer = await this.queue.submit(actor.accountId, cell, { event, actor });
    if (answer instanceof DeploymentBlockedError) {
      this.metrics.countVerdict(answer.body.code);
      throw answer;
    }
    if (event.status === 'started') this.metrics.countVerdict(answer.body.preflight_status ?? 'passed');
    return answer;
  }

  private async recordAll(accountId: string, batch: readonly Attempted[]): Promise<readonly ItemResult<Answer>[]> {
    const { attempts, events } = this;
    const { decided, reads } = await decideAttempts(accountId, batch, { attempts, events });
    const results = decided.map(resultOf);

    const planned = plannedWrites(results);
    const written =
      planned.length === 0
        ? new Set<number>()
        : await this.events.write(
            accountId,
            planned.map(({ write }) => write),
          );
    const stands = new Set(planned.filter((_, position) => written.has(position)).map(({ result }) => result));
    this.metrics.observeBatch('deployment', batch.length, reads + (planned.length === 0 ? 0 : 1));
    return results.map((result) => {
      if ('error' in result) return { kind: 'failed', error: result.error };
      return result.write === null || stands.has(result) ? { kind: 'done', value: result.answer } : { kind: 'again' };
    });
  }
}

type Result = { readonly answer: Answer; readonly write: PlannedWrite | null } | { readonly error: unknown };

function resultOf(decided: Decided): Result {
  if ('error' in decided) return decided;
  const { event, actor, facts, names, decision } = decided;
  try {
    const answer = answerOf(toldOf(decision.outcome, actor, facts), { names, version: event.version, facts });
    const kept = answer instanceof DeploymentBlockedError ? null : answer;
    return { answer, write: decision.plan && { plan: decision.plan, actor, answer: kept } };
  } catch (error) {
    return { error };
  }
}

function toldOf(outcome: Outcome, { narrowing }: Actor, facts: CellFacts): Outcome {
  return outcome.kind === 'blocked'
    ? { ...outcome, verdict: withholdOutside(outcome.verdict, narrowing, facts) }
    : outcome;
}

/**
 * What is to be written. Of several starts that must win the gate of the same environment, one goes now, and the others
 * start over and see it; an environment that is new has no gate yet, but its starts know nothing of each other either.
 */
function plannedWrites(results: readonly Result[]): { result: Result; write: PlannedWrite }[] {
  const taken = new Set<string>();
  return results.flatMap((result) => {
    if ('error' in result || result.write === null) return [];
    const { environmentId, spansProducts } = result.write.plan;
    if (spansProducts) {
      if (taken.has(environmentId)) return [];
      taken.add(environmentId);
    }
    return [{ result, write: result.write }];
  });
}
