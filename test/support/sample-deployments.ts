import type { CellFacts, OpenDeployment, RecordedCheck } from '../../src/deployments/cell-facts.js';
import type { Deployment, DeploymentDetails } from '../../src/deployments/deployment.js';
import type { DeploymentEvent } from '../../src/deployments/deployment-event.js';
import { toPolicyFacts } from '../../src/preflight/policy-facts.js';

/** When the event at hand is received. */
export const receivedAt = new Date('2026-03-02T14:00:00.000Z');

export function minutesBefore(minutes: number): Date {
  return new Date(receivedAt.getTime() - minutes * 60_000);
}

const noDetails: DeploymentDetails = {
  sourceSystem: null,
  buildNumber: null,
  buildUrl: null,
  deployUrl: null,
  invokeId: null,
  scmSha: null,
  scmBranch: null,
  scmRepository: null,
  deployedBy: null,
  deployedByEmail: null,
  deployedByName: null,
};

/** An event that says no more than it must: a start, unless told otherwise. */
export function sampleEvent(event: Partial<DeploymentEvent> = {}): DeploymentEvent {
  return {
    ...noDetails,
    productName: 'my-service',
    version: '1.2.3',
    environmentName: 'production',
    status: 'started',
    startedAt: null,
    completedAt: null,
    extraMetadata: {},
    skipPreflightChecks: false,
    runAttempt: null,
    payload: {},
    ...event,
  };
}

/** A deployment of that version, started an hour before. */
export function sampleDeployment(deployment: Partial<OpenDeployment> = {}): OpenDeployment {
  const anHourBefore = minutesBefore(60);
  return {
    ...noDetails,
    id: 'deployment',
    productId: 'product',
    versionId: 'version',
    environmentId: 'environment',
    version: '1.2.3',
    status: 'started',
    endReason: null,
    preflightStatus: null,
    startedAt: anHourBefore,
    completedAt: null,
    startReceivedAt: anHourBefore,
    lastEventAt: anHourBefore,
    effectiveCompletedAt: null,
    extraMetadata: {},
    createdAt: anHourBefore,
    updatedAt: anHourBefore,
    ...deployment,
  };
}

/** The same, announced and not started. */
export function samplePending(deployment: Partial<OpenDeployment> = {}): OpenDeployment {
  return sampleDeployment({ status: 'pending', startedAt: null, startReceivedAt: null, ...deployment });
}

/** The same, given up by the service after it was silent for too long. */
export function sampleGivenUp(deployment: Partial<Deployment> = {}): OpenDeployment {
  return sampleDeployment({ status: 'aborted', endReason: 'stale', completedAt: minutesBefore(30), ...deployment });
}

/** An attempt that was blocked ten minutes before. */
export function sampleCheck(check: Partial<RecordedCheck> = {}, attempt: Partial<Deployment> = {}): RecordedCheck {
  return {
    id: 'check',
    outcome: 'blocked',
    attempt: samplePending({ id: 'attempt', ...attempt }),
    checkedAt: minutesBefore(10),
    rulesEvaluated: [],
    ...check,
  };
}

/** Known names, and nothing in progress; a start is stale after two hours, what is pending after a week. */
export function sampleFacts(facts: Partial<CellFacts> = {}): CellFacts {
  return {
    now: receivedAt,
    policyRevision: 7,
    overridesUntil: null,
    enforceOnCompleted: false,
    catalogClosed: false,
    product: { id: 'product', name: 'My-Service', archivedAt: null },
    environment: {
      id: 'environment',
      name: 'Production',
      archivedAt: null,
      type: 'production',
      startRevision: 3,
      staleAfterMinutes: 120,
      pendingStaleAfterHours: 168,
    },
    version: { id: 'version', scmSha: null, revision: 2 },
    revision: 4,
    current: null,
    open: [],
    givenUp: [],
    repeatOf: null,
    sameRun: null,
    lastCheck: null,
    nextCompletedAt: null,
    environmentHolders: [],
    policy: toPolicyFacts({}),
    ...facts,
  };
}
