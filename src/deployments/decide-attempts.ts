import { v7 as newId } from 'uuid';
import type { Actor } from '../auth/actor.js';
import { coversEnvironment, coversProduct } from '../auth/narrowing.js';
import { closedCatalogFault } from '../catalog/closed-catalog-fault.js';
import { InvalidError } from '../common/errors/invalid.error.js';
import { ForbiddenError } from '../common/errors/request.errors.js';
import type { OverrideGrant } from '../preflight/apply-overrides.js';
import type { AttemptCase, AttemptFacts } from './attempt-facts.js';
import type { CellFacts } from './cell-facts.js';
import { decideEvent, type Decision } from './decide-event.js';
import type { DeploymentEvent } from './deployment-event.js';
import type { DeploymentEventsRepository } from './deployment-events.repository.js';
import { NewCellNames } from './new-cell-names.js';
import type { CellNames } from './plan-event.js';

/** An event that was reported, or that somebody asks about. */
export interface Attempted {
  readonly event: DeploymentEvent;
  readonly actor: Actor;
  /** The moment at which what is known now is judged; null or absent: now. */
  readonly at?: Date | null;
  /** Whoever only asks does not trigger anything. */
  readonly isAsked?: boolean;
}

/** What was decided about an event, and from what; or why nothing could be. */
export type Decided =
  (Attempted & AttemptCase & { readonly names: CellNames; readonly decision: Decision }) | { readonly error: unknown };

interface Sources {
  readonly attempts: AttemptFacts;
  readonly events: DeploymentEventsRepository;
}

/**
 * Reads what is known about each of a batch of events of one account, and decides; writes nothing. What a start would be
 * answered and what it is answered come from here alike.
 *
 * @returns a decision for each event, and the number of round trips that they took
 */
export async function decideAttempts(
  accountId: string,
  batch: readonly Attempted[],
  { attempts, events }: Sources,
): Promise<{ decided: Decided[]; reads: number }> {
  const { cases, reads } = await attempts.read(accountId, batch);
  const newNames = new NewCellNames();
  const decided = batch.map((attempted, i) => decideAttempt(attempted, cases[i]!, [], newNames));

  // Those that were refused are decided once more, with the overrides that they may use.
  const refused = decided.flatMap((one, i) => (mayBeOverridden(one) ? [{ ...one, i }] : []));
  if (refused.length === 0) return { decided, reads };
  const grants = await events.readOverrides(
    accountId,
    refused.map(({ names, event: { version }, at = null }) => ({ ...names, version, at })),
  );
  refused.forEach(({ i }, position) => {
    decided[i] = decideAttempt(batch[i]!, cases[i]!, grants[position]!, newNames);
  });
  return { decided, reads: reads + 1 };
}

/** One bad event fails alone: whatever is thrown here is its own answer. */
function decideAttempt(
  attempted: Attempted,
  known: AttemptCase,
  overrides: readonly OverrideGrant[],
  newNames: NewCellNames,
): Decided {
  const { event, actor } = attempted;
  const { facts, rules } = known;
  try {
    requireWithin(actor, facts);
    if (facts.catalogClosed) requireKnownNames(facts);
    const names = newNames.complete(event, facts);
    const holdsSkipScope = actor.scopes.includes('preflight:skip');
    const grants = event.skipPreflightChecks && holdsSkipScope ? [skipOf(actor), ...overrides] : overrides;
    const decision = decideEvent({
      event,
      facts,
      names,
      rules,
      holdsSkipScope,
      personId: attempted.isAsked ? null : personOf(actor),
      grants,
      newId,
    });
    return { ...attempted, ...known, names, decision };
  } catch (error) {
    return { error };
  }
}

function personOf({ userKind, userId }: Actor): string | null {
  return userKind === 'person' ? userId : null;
}

function mayBeOverridden(one: Decided): one is Exclude<Decided, { error: unknown }> {
  if ('error' in one || one.event.status !== 'started') return false;
  const { overridesUntil, now } = one.facts;
  return one.decision.outcome.kind === 'blocked' && overridesUntil !== null && overridesUntil > now;
}

/** What `skip_preflight_checks` is worth with the scope `preflight:skip`: everything but concurrency. */
function skipOf({ credentialId }: Actor): OverrideGrant {
  return {
    id: null,
    includesConcurrency: false,
    by: { kind: 'api_key', id: credentialId, name: null },
    reason: 'skip_preflight_checks',
  };
}

/**
 * A narrowed key learns nothing of what lies outside, not even whether it exists; and nothing comes into being by it, since
 * no names are given ids before.
 */
function requireWithin({ narrowing }: Actor, { product, environment }: CellFacts): void {
  if (narrowing === null) return;
  const within = coversProduct(narrowing, product?.id ?? null) && coversEnvironment(narrowing, environment?.id ?? null);
  if (!within) throw new ForbiddenError();
}

function requireKnownNames({ product, environment }: CellFacts): void {
  const faults = [
    ...(product === null || product.archivedAt !== null ? [closedCatalogFault('product_name', 'product')] : []),
    ...(environment === null || environment.archivedAt !== null
      ? [closedCatalogFault('environment_name', 'environment')]
      : []),
  ];
  if (faults.length > 0) throw new InvalidError(faults);
}
