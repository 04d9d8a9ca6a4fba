import { Injectable } from '@nestjs/common';
import { AccountService } from '../accounts/account.service.js';
import type { AuditActor, AuditRepository } from '../audit/audit.repository.js';
import type { CreateUserDto } from '../auth/users.dto.js';
import { toNewUser, toUserChanges } from '../auth/users.mapper.js';
import { UsersService } from '../auth/users.service.js';
import type { CreateEnvironmentDto } from '../catalog/environment.dto.js';
import { toEnvironmentChanges, toEnvironmentInput } from '../catalog/environment.mapper.js';
import { EnvironmentsService } from '../catalog/environments.service.js';
import { ProductsService } from '../catalog/products.service.js';
import type { CreateRuleDto } from '../rules/rule.dto.js';
import { toRuleDefinition, type RuleView, withChanges } from '../rules/rule.mapper.js';
import { RuleChanges } from '../rules/rule-changes.service.js';
import { RulesRepository } from '../rules/rules.repository.js';
import type { Change, Fields, Section } from './configuration.js';

type Transaction = Parameters<AuditRepository['record']>[0];

/** How the things of a section are made, changed and removed. */
type Writer = (tx: Transaction, change: Change, actor: AuditActor) => Promise<RuleView | null>;

/** Makes changes that have been judged, by the same services that REST asks: each is checked once more, and audited. */
@Injectable()
export class ConfigurationChanges {
  private readonly writers: Readonly<Record<Section | 'account', Writer>> = {
    account: async (tx, change, actor) => {
      await this.account.updateIn(tx, change.wanted, actor);
      return null;
    },
    environments: async (tx, change, actor) => this.environment(tx, change, actor),
    products: async (tx, change, actor) => this.product(tx, change, actor),
    rules: async (tx, change, actor) => this.rule(tx, change, actor),
    people: async (tx, change, actor) => this.user(tx, change, 'person', actor),
    service_accounts: async (tx, change, actor) => this.user(tx, change, 'service', actor),
  };

  constructor(
    private readonly account: AccountService,
    private readonly environments: EnvironmentsService,
    private readonly products: ProductsService,
    private readonly rules: RulesRepository,
    private readonly ruleChanges: RuleChanges,
    private readonly users: UsersService,
  ) {}

  /**
   * @returns the rule that was made or changed, where it is one
   * @throws DomainError for what only the database knows
   */
  async make(tx: Transaction, change: Change, actor: AuditActor): Promise<RuleView | null> {
    return this.writers[change.section](tx, change, actor);
  }

  private async environment(tx: Transaction, { verb, id, wanted }: Change, actor: AuditActor): Promise<null> {
    if (verb === 'remove') await this.environments.archiveIn(tx, id!, actor);
    else if (verb === 'update') {
      await this.environments.updateIn(tx, id!, toEnvironmentChanges(wanted), actor);
    } else {
      const { aliases, ...input } = wanted;
      const created = await this.environments.createIn(
        tx,
        toEnvironmentInput(input as unknown as CreateEnvironmentDto),
        actor,
      );
      if (isFilled(aliases)) await this.environments.updateIn(tx, created.id, { aliases }, actor);
    }
    return null;
  }

  private async product(tx: Transaction, { verb, id, name, wanted }: Change, actor: AuditActor): Promise<null> {
    if (verb === 'remove') await this.products.archiveIn(tx, id!, actor);
    else if (verb === 'update') await this.products.updateIn(tx, id!, wanted, actor);
    else {
      const { aliases, ...input } = wanted;
      const created = await this.products.createIn(tx, { ...input, name }, actor);
      if (isFilled(aliases)) await this.products.updateIn(tx, created.id, { aliases }, actor);
    }
    return null;
  }

  private async rule(tx: Transaction, change: Change, actor: AuditActor): Promise<RuleView | null> {
    const { verb, id, wanted } = change;
    if (verb === 'create') {
      return this.ruleChanges.createIn(tx, toRuleDefinition(wanted as unknown as CreateRuleDto), actor);
    }
    const before = (await this.rules.find(actor.accountId, id!, tx))!;
    if (verb === 'update') {
      return this.ruleChanges.updateIn(tx, before, withChanges(before, wanted), actor);
    }
    await this.ruleChanges.deleteIn(tx, before, actor);
    return null;
  }

  private async user(
    tx: Transaction,
    { verb, id, wanted }: Change,
    kind: 'person' | 'service',
    actor: AuditActor,
  ): Promise<null> {
    if (verb === 'create') await this.users.createIn(tx, toNewUser(newUser(kind, wanted)), actor);
    else await this.users.updateIn(tx, id!, toUserChanges(wanted), actor);
    return null;
  }
}

function newUser(kind: 'person' | 'service', wanted: Fields): CreateUserDto {
  return Object.assign({ kind, approver_roles: [], invite: false }, wanted as unknown as CreateUserDto);
}

function isFilled(aliases: unknown): aliases is string[] {
  return Array.isArray(aliases) && aliases.length > 0;
}
