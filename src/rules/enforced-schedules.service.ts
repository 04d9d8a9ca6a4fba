import { Injectable } from '@nestjs/common';
import { isUnreadable } from '../preflight/rule.js';
import type { RuleView } from './rule.mapper.js';
import { everyRule, type RuleFilter, RulesRepository, type Transaction } from './rules.repository.js';
import type { EnforcedSchedule } from './schedules-together.js';
import { toRule } from './to-rule.js';

/** Reads the schedules that are enforced; not those that this release cannot read. */
@Injectable()
export class EnforcedSchedules {
  constructor(private readonly rules: RulesRepository) {}

  /** In the order of their creation. */
  async list(
    accountId: string,
    filter: Partial<Pick<RuleFilter, 'productKeys' | 'environments'>> = {},
    tx?: Transaction,
  ): Promise<(EnforcedSchedule & { readonly definition: RuleView })[]> {
    const enforced = { ...everyRule, ...filter, types: ['schedule'], statuses: ['enabled'] };
    const found = await this.rules.listAll(accountId, enforced, tx);
    return found.flatMap((definition) => {
      const rule = toRule(definition);
      return !isUnreadable(rule) && rule.type === 'schedule' ? [{ definition, config: rule.config }] : [];
    });
  }
}
