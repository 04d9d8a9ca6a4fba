import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type AuditActor, AuditRepository } from '../audit/audit.repository.js';
import { Clock } from '../common/clock.js';
import { databaseTime } from '../database/database-time.js';
import { raiseRulesRevision } from '../database/policy-revision.js';
import { type RuleDefinition, type RuleView, toListedRuleDto } from './rule.mapper.js';
import { type Change, RulesRepository, type Transaction } from './rules.repository.js';

/**
 * Writes changes of rules in a transaction that its caller has opened, in which the rules of the account are locked and the
 * change has been judged. Each is kept as a revision, audited, and counts for every start that is decided after the
 * transaction.
 */
@Injectable()
export class RuleChanges {
  constructor(
    private readonly rules: RulesRepository,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  async createIn(tx: Transaction, definition: RuleDefinition, actor: AuditActor): Promise<RuleView> {
    const change = await this.begin(tx, actor);
    const created = await this.rules.create(tx, uuidv7(), definition, change);
    await this.end(tx, actor, 'created', null, created, change);
    return created;
  }

  async updateIn(tx: Transaction, before: RuleView, definition: RuleDefinition, actor: AuditActor): Promise<RuleView> {
    const change = await this.begin(tx, actor);
    const changed = await this.rules.update(tx, before, definition, change);
    await this.end(tx, actor, 'updated', before, changed, change);
    return changed;
  }

  /** From then on the rule is not there any more; its revisions and violations stay. */
  async deleteIn(tx: Transaction, before: RuleView, actor: AuditActor): Promise<void> {
    const change = await this.begin(tx, actor);
    await this.rules.delete(tx, before, actor.accountId, change.at);
    await this.end(tx, actor, 'deleted', before, null, change);
  }

  private async begin(tx: Transaction, actor: AuditActor): Promise<Change> {
    const userId = 'userId' in actor ? actor.userId : null;
    return { accountId: actor.accountId, userId, at: await databaseTime(tx, this.clock) };
  }

  private async end(
    tx: Transaction,
    actor: AuditActor,
    verb: 'created' | 'updated' | 'deleted',
    before: RuleView | null,
    after: RuleView | null,
    { at }: Change,
  ): Promise<void> {
    await raiseRulesRevision(tx, actor.accountId);
    await this.audit.record(tx, actor, {
      action: `deployment_rule.${verb}`,
      resourceType: 'deployment_rule',
      resourceId: (after ?? before)!.id,
      before: before && toListedRuleDto(before),
      after: after && toListedRuleDto(after),
      at,
    });
  }
}
