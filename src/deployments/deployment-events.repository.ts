import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/actor.js';
import { nameKey } from '../catalog/name-key.js';
import { Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import { isForeignKeyViolation } from '../database/is-foreign-key-violation.js';
import type { OverrideGrant } from '../preflight/apply-overrides.js';
import type { FactNeeds } from '../preflight/checks/check.js';
import { unknownPolicy } from '../preflight/policy.js';
import { policyFactsInput } from '../preflight/policy-facts.js';
import { readOpenOverrides } from '../preflight/read-open-overrides.sql.js';
import type { PolicyJson } from '../preflight/read-policy.js';
import type { CellFacts } from './cell-facts.js';
import { type FactsRow, toCellFacts } from './cell-facts.columns.js';
import type { DeploymentEvent } from './deployment-event.js';
import { allParts, readCellFacts, type ReadParts } from './read-cell-facts.sql.js';
import { isTerminal } from './normalize-status.js';
import { writeEventPlans } from './write-event-plans.sql.js';
import { type PlannedWrite, writePartsFor, writeValues } from './write-values.js';

/** What of a credential decides whether an event is one that it has sent before. */
export type EventSender = Pick<Actor, 'apiKeyId' | 'formerKeyId' | 'personalAccessTokenId'>;

/** What was read: the facts, where they are new the rules, and in how many round trips. */
export interface ReadFacts {
  readonly facts: readonly CellFacts[];
  readonly rules: { readonly revision: number; readonly json: PolicyJson } | null;
  readonly reads: number;
}

/** The event path's two round trips: one reads what is known, one writes what was decided. Both take a whole batch. */
@Injectable()
export class DeploymentEventsRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * What is known about each event, in their order, and the rules if they are not those of `rulesRevision`. A second
   * time, and everything, where the first tells that there is a repeat or that the rules have changed: both are rare,
   * and what they need costs each event.
   * @param needs what the rules need to know about each of them
   */
  async readFacts(
    accountId: string,
    events: readonly { event: DeploymentEvent; actor: EventSender }[],
    needs: readonly FactNeeds[],
    rulesRevision: number,
  ): Promise<ReadFacts> {
    const values = [
      accountId,
      JSON.stringify(events.map(({ event, actor }, i) => askedRow(event, actor, needs[i]!, i))),
      this.clock.frozen(),
    ];
    const isFirst = rulesRevision === unknownPolicy.revision;
    let reads = 1;
    let rows = await this.database.query<FactsRow>(readCellFacts(isFirst ? allParts : partsFor(events, needs)), values);
    const isNew = rows[0]!.rules_revision !== rulesRevision;
    if (!isFirst && (isNew || rows.some(({ is_repeat: isRepeat }) => isRepeat))) {
      rows = await this.database.query<FactsRow>(readCellFacts(allParts), values);
      reads++;
    }
    const { rules_revision: revision, policy } = rows[0]!;
    const rules = policy == null || revision === rulesRevision ? null : { revision, json: policy };
    return { facts: rows.map(toCellFacts), rules, reads };
  }

  /**
   * The overrides that each of some starts may use, in the order in which they are tried: what is open now and, where a
   * start is judged at another moment, at that one too.
   */
  async readOverrides(
    accountId: string,
    starts: readonly { productId: string; environmentId: string; version: string; at: Date | null }[],
  ): Promise<OverrideGrant[][]> {
    const rows = await this.database.query<{ grants: Readonly<Record<string, unknown>>[] | null }>(readOpenOverrides, [
      accountId,
      starts.map(({ productId }) => productId),
      starts.map(({ environmentId }) => environmentId),
      starts.map(({ version }) => version),
      this.clock.frozen(),
      starts.map(({ at }) => at),
    ]);
    return rows.map(({ grants }) => (grants ?? []).map(toGrant));
  }

  /**
   * Writes the plans whose facts still stand, all in one transaction; answers the positions of those that were written:
   * none where something that one of them refers to has been erased meanwhile.
   */
  async write(accountId: string, writes: readonly PlannedWrite[]): Promise<ReadonlySet<number>> {
    const { statement, values } = writeEventPlans(writePartsFor(writes));
    const valueOf = writeValues(writes);
    const written = this.database.query<{ i: number }>(statement, [
      accountId,
      ...values.map((name) => valueOf[name]()),
    ]);
    const rows = await written.catch((error: unknown) => {
      if (isForeignKeyViolation(error)) return [];
      throw error;
    });
    return new Set(rows.map(({ i }) => i));
  }
}

function askedRow(
  event: DeploymentEvent,
  { apiKeyId, formerKeyId, personalAccessTokenId }: EventSender,
  needs: FactNeeds,
  i: number,
): Record<string, unknown> {
  return {
    i,
    product_key: nameKey(event.productName),
    environment_key: nameKey(event.environmentName),
    version: event.version,
    status: event.status,
    invoke_id: event.invokeId,
    run_attempt: event.runAttempt,
    api_key_id: apiKeyId,
    former_key_id: formerKeyId,
    personal_access_token_id: personalAccessTokenId,
    backfilled_at: event.status === 'completed' ? event.completedAt : null,
    spans_products: needs.environmentHolders,
    ...policyFactsInput(needs),
  };
}

/** What a batch asks for, when nothing is known of it yet. */
function partsFor(events: readonly { event: DeploymentEvent }[], needs: readonly FactNeeds[]): ReadParts {
  return {
    ends: events.some(({ event: { status } }) => isTerminal(status)),
    sameRun: events.some(({ event: { status } }) => status === 'pending'),
    spanning: needs.some(({ environmentHolders }) => environmentHolders),
    history: needs.some(({ lastCompletion, durations }) => lastCompletion || durations),
    policyFacts: needs.some(({ here, elsewhere, approvals }) => here || elsewhere.length > 0 || approvals),
    repeats: false,
    rules: false,
  };
}

function toGrant(grant: Readonly<Record<string, unknown>>): OverrideGrant {
  return {
    id: grant['id'] as string,
    includesConcurrency: grant['include_concurrency'] as boolean,
    by: { kind: 'user', id: grant['created_by'] as string, name: grant['created_by_name'] as string },
    reason: grant['reason'] as string,
  };
}
