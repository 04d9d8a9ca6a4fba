import { Injectable } from '@nestjs/common';
import type { FactNeeds } from '../preflight/checks/check.js';
import { PolicyRules } from '../preflight/policy-rules.js';
import type { Policy } from '../preflight/policy.js';
import { covers, needsOf, noNeeds, type Rule, type UnreadableRule } from '../preflight/rule.js';
import type { CellFacts } from './cell-facts.js';
import { asksChecks } from './decide-event.js';
import type { DeploymentEvent } from './deployment-event.js';
import { DeploymentEventsRepository, type EventSender } from './deployment-events.repository.js';
import { factsAt } from './facts-at.js';

interface Asked {
  readonly event: DeploymentEvent;
  readonly actor: EventSender;
  /** The moment at which what is known now is to count; null or absent: now. */
  readonly at?: Date | null;
}

/** What is known of an event, and the rules that apply to it, of one instant. */
export interface AttemptCase {
  readonly facts: CellFacts;
  readonly rules: readonly (Rule | UnreadableRule)[];
}

/**
 * Reads what is known about events together with the rules that apply to them. One round trip where the rules have not
 * changed since the last one; where they have, or where what is asked for turns out to be too little, a second one.
 */
@Injectable()
export class AttemptFacts {
  constructor(
    private readonly events: DeploymentEventsRepository,
    private readonly policies: PolicyRules,
  ) {}

  /** @returns a case for each event, and the number of round trips that it took */
  async read(accountId: string, batch: readonly Asked[]): Promise<{ cases: AttemptCase[]; reads: number }> {
    let policy = this.policies.known(accountId);
    // What an end needs is known once it is known whether its start was seen.
    let needs = batch.map(({ event }) => (event.status === 'started' ? needsThere(policy, event, null) : noNeeds));
    for (let reads = 0; ;) {
      const {
        facts: known,
        rules,
        reads: taken,
      } = await this.events.readFacts(accountId, batch, needs, policy.revision);
      reads += taken;
      const facts = known.map((one, i) => (batch[i]!.at == null ? one : factsAt(one, batch[i]!.at)));
      if (rules !== null) policy = this.policies.learn(accountId, rules.revision, rules.json);
      const needed = batch.map(({ event }, i) =>
        asksChecks(event, facts[i]!) ? needsThere(policy, event, facts[i]!) : noNeeds,
      );
      if (needs.every((read, i) => covers(read, needed[i]!))) {
        const cases = batch.map(({ event }, i) => ({ facts: facts[i]!, rules: rulesThere(policy, event, facts[i]!) }));
        return { cases, reads };
      }
      needs = needed;
    }
  }
}

function rulesThere(policy: Policy, event: DeploymentEvent, facts: CellFacts | null): AttemptCase['rules'] {
  const { productName, environmentName } = event;
  return policy.rulesFor({ productName, environmentName, environmentType: facts?.environment?.type ?? null });
}

function needsThere(policy: Policy, event: DeploymentEvent, facts: CellFacts | null): FactNeeds {
  return needsOf(rulesThere(policy, event, facts));
}
