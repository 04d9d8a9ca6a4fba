import { decideEvent, type Decision, type Outcome } from '../../src/deployments/decide-event.js';
import type { OverrideGrant } from '../../src/preflight/apply-overrides.js';
import type { CellNames } from '../../src/deployments/plan-event.js';
import type { CellFacts } from '../../src/deployments/cell-facts.js';
import type { DeploymentEvent } from '../../src/deployments/deployment-event.js';
import { builtInConcurrency, type Rule, type UnreadableRule } from '../../src/preflight/rule.js';
import { sampleDeployment, sampleEvent, sampleFacts } from './sample-deployments.js';

const names: CellNames = {
  productId: 'product',
  productName: 'My-Service',
  environmentId: 'environment',
  environmentName: 'Production',
  versionId: 'version',
  newNames: { product: null, environment: null, version: null },
};
/** At most one in progress in the whole environment. */
export const perEnvironment: Rule = {
  id: 'rule',
  revision: 1,
  message: null,
  name: 'one at a time',
  type: 'concurrency',
  status: 'enabled',
  config: { maxConcurrent: 1, per: 'environment' },
};
/** Another version in progress there. */
export const holder = sampleDeployment({
  id: 'holder',
  versionId: 'another',
  version: '9.9.9',
  invokeId: 'other run',
  deployedBy: 'octocat',
});

interface Besides {
  readonly rules?: readonly (Rule | UnreadableRule)[];
  readonly holdsSkipScope?: boolean;
  readonly personId?: string | null;
  readonly grants?: readonly OverrideGrant[];
}

/** What becomes of one event: a start of version 1.2.3, where nothing is known but the names. */
export function decide(
  event: Partial<DeploymentEvent>,
  facts: Partial<CellFacts> = {},
  besides: Besides = {},
): Decision {
  let count = 0;
  return decideEvent({
    event: sampleEvent(event),
    facts: sampleFacts(facts),
    names,
    rules: [builtInConcurrency],
    holdsSkipScope: false,
    personId: null,
    grants: [],
    newId: () => `new-${++count}`,
    ...besides,
  });
}

export function deploymentOf({ outcome }: Decision) {
  if (outcome.kind !== 'deployment') throw new Error(`The outcome is ${outcome.kind}`);
  return outcome;
}

export function blockedOf({ outcome }: Decision): Outcome & { kind: 'blocked' } {
  if (outcome.kind !== 'blocked') throw new Error(`The outcome is ${outcome.kind}`);
  return outcome;
}

/** What a plan writes, in short. */
export function written({ plan }: Decision) {
  return {
    deployments: plan?.deployments.map(({ id, status, endReason }) => [id, status, endReason]),
    checks: plan?.checks.map(({ outcome, deploymentId, code }) => [outcome, deploymentId, code]),
    events: plan?.events.map(({ type, status, byClient }) => [type, status, byClient]),
    audits: plan?.audits.map(({ action, resourceType }) => [action, resourceType]),
  };
}
