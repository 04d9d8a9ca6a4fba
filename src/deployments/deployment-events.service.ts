import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Actor } from '../auth/actor.js';
import { closedCatalogFault } from '../catalog/closed-catalog-fault.js';
import { nameKey } from '../catalog/name-key.js';
import { BatchQueue, type ItemResult } from '../common/batch-queue.js';
import { Clock } from '../common/clock.js';
import { InvalidError } from '../common/errors/invalid.error.js';
import { DeploymentBlockedError } from '../common/errors/deployment-blocked.error.js';
import { Metrics } from '../metrics/metrics.js';
import { PolicyRules } from '../preflight/policy-rules.js';
import { needsEnvironmentHolders, type Rule, spansProducts } from '../preflight/rule.js';
import type { CellFacts } from './cell-facts.js';
import { type CellNames, decideEvent } from './decide-event.js';
import type { DeploymentEvent } from './deployment-event.js';
import { DeploymentEventsRepository, type PlannedWrite } from './deployment-events.repository.js';
import { answerOf, type EventAnswer } from './event-answer.js';
import { NewCellNames } from './new-cell-names.js';

interface Reported {
  readonly event: DeploymentEvent;
  readonly actor: Actor;
}

type Answer = EventAnswer | DeploymentBlockedError;

/** Records what pipelines report and decides whether their deployments may start. */
@Injectable()
export class DeploymentEventsService {
  private readonly queue: BatchQueue<Reported, Answer>;

  constructor(
    private readonly events: DeploymentEventsRepository,
    private readonly rules: PolicyRules,
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
   * @throws DeploymentBlockedError (409, 423, 428) with the verdict; UnavailableError (503) where the event may or may
   * not have been recorded: sending it again is safe.
   */
  async record(event: DeploymentEvent, actor: Actor): Promise<EventAnswer> {
    const cell = `${nameKey(event.productName)}\n${nameKey(event.environmentName)}`;
    const answer = await this.queue.submit(actor.accountId, cell, { event, actor });
    if (answer instanceof DeploymentBlockedError) {
      this.metrics.countVerdict(answer.body.code);
      throw answer;
    }
    if (event.status === 'started') this.metrics.countVerdict('passed');
    return answer;
  }

  private async recordAll(accountId: string, batch: readonly Reported[]): Promise<readonly ItemResult<Answer>[]> {
    const rules = this.rules.of(accountId);
    const facts = await this.events.readFacts(accountId, batch, needsEnvironmentHolders(rules));
    const newNames = new NewCellNames();
    const results = batch.map((reported, i) => decideOne(reported, facts[i]!, rules, newNames));

    const planned = plannedWrites(results, spansProducts(rules));
    const written =
      planned.length === 0
        ? new Set<number>()
        : await this.events.write(
            accountId,
            planned.map(({ write }) => write),
          );
    const stands = new Set(planned.filter((_, position) => written.has(position)).map(({ result }) => result));
    this.metrics.observeBatch('deployment', batch.length, planned.length === 0 ? 1 : 2);
    return results.map((result) => {
      if ('error' in result) return { kind: 'failed', error: result.error };
      return result.write === null || stands.has(result) ? { kind: 'done', value: result.answer } : { kind: 'again' };
    });
  }
}

type Decided = { readonly answer: Answer; readonly write: PlannedWrite | null } | { readonly error: unknown };

/** One bad event fails alone: whatever is thrown here is its own answer. */
function decideOne(
  { event, actor }: Reported,
  facts: CellFacts,
  rules: readonly Rule[],
  newNames: NewCellNames,
): Decided {
  try {
    if (facts.catalogClosed) requireKnownNames(facts);
    const names: CellNames = newNames.complete(event, facts);
    const holdsSkipScope = actor.scopes.includes('preflight:skip');
    const { outcome, plan } = decideEvent({ event, facts, names, rules, holdsSkipScope, newId });
    const answer = answerOf(outcome, { names, version: event.version, facts });
    const kept = answer instanceof DeploymentBlockedError ? null : answer;
    return { answer, write: plan && { plan, actor, answer: kept } };
  } catch (error) {
    return { error };
  }
}

function requireKnownNames({ product, environment }: CellFacts): void {
  const faults = [
    ...(product === null ? [closedCatalogFault('product_name', 'product')] : []),
    ...(environment === null ? [closedCatalogFault('environment_name', 'environment')] : []),
  ];
  if (faults.length > 0) throw new InvalidError(faults);
}

/**
 * What is to be written. Of several starts that must win the gate of the same environment, one goes now, and the others
 * start over and see it; an environment that is new has no gate yet, but its starts know nothing of each other either.
 */
function plannedWrites(
  results: readonly Decided[],
  spansProducts: boolean,
): { result: Decided; write: PlannedWrite }[] {
  const taken = new Set<string>();
  return results.flatMap((result) => {
    if ('error' in result || result.write === null) return [];
    const { environmentId, policyRevision } = result.write.plan;
    if (spansProducts && policyRevision !== null) {
      if (taken.has(environmentId)) return [];
      taken.add(environmentId);
    }
    return [{ result, write: result.write }];
  });
}
