import { Injectable } from '@nestjs/common';
import { nameKey } from '../catalog/name-key.js';
import { Clock } from '../common/clock.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import { EnforcedSchedules } from './enforced-schedules.service.js';
import { requiredBy, ruleWarnings, scopeOf } from './rule-warnings.js';
import { RuleWarningsRepository } from './rule-warnings.repository.js';
import type { RuleDefinition } from './rule.mapper.js';
import type { Transaction } from './rules.repository.js';
import { ScopeNamesRepository } from './scope-names.repository.js';
import { toRule } from './to-rule.js';

/** Tells what looks like a mistake about a rule, as of now. */
@Injectable()
export class RuleWarnings {
  constructor(
    private readonly prisma: PrismaService,
    private readonly enforced: EnforcedSchedules,
    private readonly names: ScopeNamesRepository,
    private readonly repository: RuleWarningsRepository,
    private readonly clock: Clock,
  ) {}

  /** @param ownId the rule's own, where it is there already */
  async of(accountId: string, definition: RuleDefinition, ownId: string | null): Promise<readonly string[]> {
    const [warnings] = await this.ofEach(accountId, [{ definition, ownId }]);
    return warnings!;
  }

  /**
   * The warnings of each, in their order.
   * @param tx in which everything is as it will be
   */
  async ofEach(accountId: string, rules: readonly RuleToWarn[], tx?: Transaction): Promise<(readonly string[])[]> {
    const read = rules.map(({ definition, ownId }) => {
      return { definition, ownId, rule: toRule({ id: '', revision: 0, ...definition }) };
    });
    const definitions = rules.map(({ definition }) => definition);
    const enforced = definitions.some(isEnforcedSchedule) ? await this.enforced.list(accountId, {}, tx) : [];
    const scopes = [...definitions, ...enforced.map((other) => other.definition)];
    const places = [
      ...read.flatMap(({ definition, rule }) => [...scopeOf(definition, rule), ...requiredBy(rule)]),
      ...scopes.flatMap(({ environments }) => environments),
    ];
    const asksPeople = definitions.some(({ type }) => type.endsWith('approval'));
    const [now, products, environments, people] = await Promise.all([
      databaseTime(tx ?? this.prisma, this.clock),
      this.names.products(accountId, keysOf(scopes.flatMap((scope) => scope.products)), tx),
      this.names.environments(accountId, keysOf(places), tx),
      asksPeople ? this.repository.people(accountId, tx) : [],
    ]);
    return read.map(({ definition, ownId, rule }) => {
      const others = isEnforcedSchedule(definition) ? enforced : [];
      const schedules = others.filter((other) => other.definition.id !== ownId);
      return ruleWarnings(definition, rule, { now, products, environments, people, schedules });
    });
  }
}

/** A rule as it stands or shall stand; `ownId` is its own, where it is there already. */
interface RuleToWarn {
  readonly definition: RuleDefinition;
  readonly ownId: string | null;
}

function keysOf(names: readonly string[]): string[] {
  return [...new Set(names.map(nameKey))];
}

function isEnforcedSchedule({ type, status }: RuleDefinition): boolean {
  return type === 'schedule' && status === 'enabled';
}
