import type { Deployment, EndReason } from './deployment.js';
import type { EventPlan } from './event-plan.js';

/** An open deployment, its names, and the revision of its cell, at one instant. */
export interface DeploymentToEnd {
  readonly now: Date;
  readonly deployment: Deployment;
  readonly productName: string;
  readonly environmentName: string;
  readonly version: string;
  readonly revision: number;
  readonly current: EventPlan['current'];
}

/** Why an open deployment ends: for what reason, and in whose words. */
export interface End {
  readonly reason: Extract<EndReason, 'stale' | 'aborted'>;
  readonly words: string;
}

/** Ends one open deployment from within the service: aborted, with the reason. */
export function planEnd(
  { now, deployment, revision, current }: DeploymentToEnd,
  end: End,
  newId: () => string,
): EventPlan {
  const { id, productId, environmentId, versionId } = deployment;
  const type = `deployment.${end.reason}`;
  const ended = endedDeployment(deployment, end.reason, now);
  return {
    now,
    productId,
    environmentId,
    versionId,
    newNames: { product: null, environment: null, version: null },
    restores: [],
    gated: true,
    revision,
    policyRevision: null,
    spansProducts: false,
    startRevision: null,
    versionRevision: null,
    watched: [],
    overrideId: null,
    current,
    deployments: [ended],
    checks: [],
    events: [
      {
        id: newId(),
        deploymentId: id,
        preflightCheckId: null,
        versionId,
        type,
        status: 'aborted',
        invokeId: deployment.invokeId,
        runAttempt: null,
        byClient: false,
        payload: { reason: end.words },
      },
    ],
    audits: [
      {
        id: newId(),
        action: type,
        resourceType: 'deployment',
        resourceId: id,
        before: { status: deployment.status },
        after: { status: 'aborted', reason: end.words },
      },
    ],
  };
}

/** The deployment as it is after the service has ended it. A stale one was silent since its last event; it ends now. */
export function endedDeployment(deployment: Deployment, endReason: EndReason, now: Date): Deployment {
  return { ...deployment, status: 'aborted', endReason, completedAt: now, updatedAt: now };
}
