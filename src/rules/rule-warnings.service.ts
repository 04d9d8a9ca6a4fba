import { Injectable } from '@nestjs/common';
import { nameKey } from '../catalog/name-key.js';
import { Clock } from '../common/clock.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import { EnforcedSchedules } from './enforced-schedules.service.js';
import { requiredBy, ruleWarnings, scopeOf } from './rule-warnings.js';
import { RuleWarningsRepository } from './rule-warnings.repository.js';
import type { RuleDefinition } from './rule.mapper.js';
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
    const rule = toRule({ id: '', revision: 0, ...definition });
    const enforced = isEnforcedSchedule(definition) ? await this.enforced.list(accountId) : [];
    const schedules = enforced.filter((other) => other.definition.id !== ownId);
    const scopes = [definition, ...schedules.map((other) => other.definition)];
    const places = [
      ...scopeOf(definition, rule),
      ...requiredBy(rule),
      ...scopes.flatMap(({ environments }) => environments),
    ];
    const [now, products, environments, people] = await Promise.all([
      databaseTime(this.prisma, this.clock),
      this.names.products(accountId, scopes.flatMap((scope) => scope.products).map(nameKey)),
      this.names.environments(accountId, places.map(nameKey)),
      definition.type.endsWith('approval') ? this.repository.people(accountId) : [],
    ]);
    return ruleWarnings(definition, rule, { now, products, environments, people, schedules });
  }
}

function isEnforcedSchedule({ type, status }: RuleDefinition): boolean {
  return type === 'schedule' && status === 'enabled';
}
