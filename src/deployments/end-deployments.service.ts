import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Actor } from '../auth/actor.js';
import { coversEnvironment, coversProduct } from '../auth/narrowing.js';
import { BackgroundJobs } from '../common/background-jobs.js';
import { ConflictError } from '../common/errors/conflict.error.js';
import { ForbiddenError, NotFoundError, UnavailableError } from '../common/errors/request.errors.js';
import { DeploymentEventsRepository } from './deployment-events.repository.js';
import type { Deployment } from './deployment.js';
import { toDeploymentDto } from './deployment.mapper.js';
import { EndDeploymentsRepository } from './end-deployments.repository.js';
import type { EventAnswer } from './event-answer.js';
import { isTerminal } from './normalize-status.js';
import { type DeploymentToEnd, type End, endedDeployment, planEnd } from './plan-end.js';

const sweepEveryMs = 60_000;
const sweepBatch = 200;
/** A cell that moves under every try is a busy one; a person is better told to try again than kept waiting. */
const maxTries = 20;

const silence: End = { reason: 'stale', words: 'No event for longer than this environment allows' };

/** Ends deployments from within the service: stuck ones on request, stale ones of itself. */
@Injectable()
export class EndDeploymentsService implements OnApplicationBootstrap {
  constructor(
    private readonly ends: EndDeploymentsRepository,
    private readonly events: DeploymentEventsRepository,
    private readonly jobs: BackgroundJobs,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.start('sweep stale deployments', sweepEveryMs, () => this.sweepStale());
  }

  /**
   * Aborts an open deployment, so that its slot is free at once.
   * @throws ForbiddenError outside of what the key is narrowed to, which an unknown id is too, NotFoundError for an unknown
   * id, ConflictError for one that has ended
   */
  async abort(id: string, reason: string, actor: Actor): Promise<EventAnswer> {
    for (let tries = 0; tries < maxTries; tries++) {
      const found = await this.ends.find(actor.accountId, id);
      if (!mayEnd(actor, found?.deployment ?? null)) throw new ForbiddenError();
      if (found === null) throw new NotFoundError();
      const { status } = found.deployment;
      if (isTerminal(status)) throw new ConflictError(`Deployment has already ended: its status is ${status}`);

      const answer = abortAnswer(found);
      const written = await this.events.write(actor.accountId, [
        { plan: planEnd(found, { reason: 'aborted', words: reason }, newId), actor, answer },
      ]);
      if (written.size > 0) return answer;
    }
    throw new UnavailableError();
  }

  /**
   * Aborts what has been silent for too long. Any replica may do this at any time: two that meet do it once. Whether
   * it has come by or not, a stale deployment counts as ended the moment it is stale.
   */
  async sweepStale(): Promise<void> {
    for (const accountId of await this.ends.accountIds()) {
      let found: readonly DeploymentToEnd[];
      do {
        found = await this.ends.findStale(accountId, sweepBatch);
        const writes = onePerCell(found).map((one) => ({
          plan: planEnd(one, silence, newId),
          actor: null,
          answer: null,
        }));
        if (writes.length > 0) await this.events.write(accountId, writes);
      } while (found.length === sweepBatch);
    }
  }
}

function mayEnd({ narrowing }: Actor, deployment: Deployment | null): boolean {
  return (
    coversProduct(narrowing, deployment?.productId ?? null) &&
    coversEnvironment(narrowing, deployment?.environmentId ?? null)
  );
}

/** A cell's revision serves one plan; a second stale deployment of the same cell is for the next round. */
function onePerCell(found: readonly DeploymentToEnd[]): readonly DeploymentToEnd[] {
  const cells = new Map(found.map((one) => [`${one.deployment.productId} ${one.deployment.environmentId}`, one]));
  return [...cells.values()];
}

function abortAnswer(found: DeploymentToEnd): EventAnswer {
  const deployment = endedDeployment(found.deployment, 'aborted', found.now);
  return {
    statusCode: 200,
    location: null,
    body: toDeploymentDto({ ...deployment, ...namesOf(found), replacedAt: null }, found),
  };
}

function namesOf({
  productName,
  environmentName,
  version,
}: DeploymentToEnd): Pick<DeploymentToEnd, 'productName' | 'environmentName' | 'version'> {
  return { productName, environmentName, version };
}
