import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Actor } from '../auth/actor.js';
import { coversProduct } from '../auth/narrowing.js';
import { closedCatalogFault } from '../catalog/closed-catalog-fault.js';
import { nameKey } from '../catalog/name-key.js';
import { BatchQueue, type ItemResult } from '../common/batch-queue.js';
import { Clock } from '../common/clock.js';
import { ConflictError } from '../common/errors/conflict.error.js';
import { InvalidError } from '../common/errors/invalid.error.js';
import { ForbiddenError } from '../common/errors/request.errors.js';
import type { Answer } from '../common/http/answers.decorator.js';
import { Metrics } from '../metrics/metrics.js';
import type { BuildDto } from './build.dto.js';
import type { BuildEvent } from './build-event.js';
import { buildAnswerOf } from './build-event-answer.js';
import { BuildEventsRepository, type PlannedBuildWrite } from './build-events.repository.js';
import { decideBuildEvent } from './decide-build-event.js';
import { NewBuildNames } from './new-build-names.js';
import type { VersionFacts } from './version-facts.js';

interface Reported {
  readonly event: BuildEvent;
  readonly actor: Actor;
}

type BuildAnswer = Answer<BuildDto> | ConflictError;

/** Records what pipelines build, and holds versions to the commit that they were built from. */
@Injectable()
export class BuildEventsService {
  private readonly queue: BatchQueue<Reported, BuildAnswer>;

  constructor(
    private readonly events: BuildEventsRepository,
    private readonly metrics: Metrics,
    clock: Clock,
  ) {
    this.queue = new BatchQueue({ clock, run: (accountId, batch) => this.recordAll(accountId, batch) });
  }

  /**
   * Records one event. What it answers is on disk, and so is a refusal.
   * @throws ConflictError (409, `VERSION_IMMUTABLE`) where a completed build gave the version another SHA; InvalidError
   * (422) for an unknown product in a closed catalog; ForbiddenError (403) where the key is narrowed to other products;
   * UnavailableError (503) where the event may or may not have been recorded: sending it again is safe.
   */
  async record(event: BuildEvent, actor: Actor): Promise<Answer<BuildDto>> {
    const answer = await this.queue.submit(actor.accountId, `${nameKey(event.productName)}\n${event.version}`, {
      event,
      actor,
    });
    if (answer instanceof ConflictError) throw answer;
    return answer;
  }

  private async recordAll(accountId: string, batch: readonly Reported[]): Promise<readonly ItemResult<BuildAnswer>[]> {
    const facts = await this.events.readFacts(accountId, batch);
    const newNames = new NewBuildNames();
    const results = batch.map((reported, i) => decideOne(reported, facts[i]!, newNames));

    const planned = results.flatMap((result) => ('error' in result || result.write === null ? [] : [result.write]));
    const written = planned.length === 0 ? new Set<number>() : await this.events.write(accountId, planned);
    const stands = new Set(planned.filter((_, position) => written.has(position)));
    this.metrics.observeBatch('build', batch.length, planned.length === 0 ? 1 : 2);
    return results.map((result) => {
      if ('error' in result) return { kind: 'failed', error: result.error };
      return result.write === null || stands.has(result.write)
        ? { kind: 'done', value: result.answer }
        : { kind: 'again' };
    });
  }
}

type Decided = { readonly answer: BuildAnswer; readonly write: PlannedBuildWrite | null } | { readonly error: unknown };

/** One bad event fails alone: whatever is thrown here is its own answer. */
function decideOne({ event, actor }: Reported, facts: VersionFacts, newNames: NewBuildNames): Decided {
  try {
    // A build names no environment, so that a key narrowed to environments alone may report it.
    if (!coversProduct(actor.narrowing, facts.product?.id ?? null)) throw new ForbiddenError();
    const isKnown = facts.product !== null && facts.product.archivedAt === null;
    if (facts.catalogClosed && !isKnown) throw new InvalidError([closedCatalogFault('product_name', 'product')]);
    const names = newNames.complete(event, facts);
    const { outcome, plan } = decideBuildEvent({ event, facts, names, newId });
    const answer = buildAnswerOf(outcome, names, event.version);
    return { answer, write: plan && { plan, actor, answer: answer instanceof ConflictError ? null : answer } };
  } catch (error) {
    return { error };
  }
}
