import { Injectable } from '@nestjs/common';
import { Caches } from '../common/caches.js';
import { type Policy, unknownPolicy } from './policy.js';
import { type PolicyJson, readPolicy } from './read-policy.js';

/** Accounts whose rules are remembered. */
const capacity = 1_000;

/**
 * The rules of each account, as this process last read them. Nothing asks whether they still stand: the facts of every
 * event bring the revision, and the rules themselves where it is another one (docs/adr/0012).
 */
@Injectable()
export class PolicyRules {
  private readonly policies = new Map<string, Policy>();

  constructor(caches: Caches) {
    caches.register(() => this.policies.clear());
  }

  /** What is known so far: of a new account nothing, at a revision that no account ever has. */
  known(accountId: string): Policy {
    return this.policies.get(accountId) ?? unknownPolicy;
  }

  /** Takes in what came with the facts. An older answer that arrives late changes nothing. */
  learn(accountId: string, revision: number, json: PolicyJson): Policy {
    const known = this.known(accountId);
    if (revision <= known.revision) return known;
    const policy = readPolicy(revision, json, known);
    if (this.policies.size >= capacity) this.policies.clear();
    this.policies.set(accountId, policy);
    return policy;
  }
}
