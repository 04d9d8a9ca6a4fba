import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/actor.js';
import { InvalidError } from '../common/errors/invalid.error.js';
import { UnavailableError } from '../common/errors/request.errors.js';
import type { Cursor } from '../common/http/cursor.js';
import { PrismaService } from '../database/prisma.service.js';
import { evaluate } from '../preflight/evaluate.js';
import { isUnreadable, needsOf, type Rule } from '../preflight/rule.js';
import { toPreflightFacts } from '../preflight/to-preflight-facts.js';
import type { Violation } from '../preflight/verdict.js';
import { PastSlots } from './backtest-slots.js';
import { BacktestTally, type BacktestTotals } from './backtest-tally.js';
import type { BacktestDto } from './backtest.dto.js';
import { BacktestRepository, type PastAttempt, type PastScope, type Period } from './backtest.repository.js';
import { FlowCircles } from './flow-circles.service.js';
import { type RuleDefinition, toRuleDefinition, toRuleKeys } from './rule.mapper.js';
import { RulesRepository } from './rules.repository.js';
import { ScopeNamesRepository } from './scope-names.repository.js';
import { toRule } from './to-rule.js';
import { Turns } from '../common/turns.js';

/** Back-tests of one process that run or wait; more are turned away. */
const maxUnderWay = 16;
/** The rule that is tried has none yet. */
const noRuleId = '00000000-0000-0000-0000-000000000000';

/** Tries rules on the attempts of the past. */
@Injectable()
export class BacktestService {
  private readonly turns = new Turns(maxUnderWay);

  constructor(
    private readonly prisma: PrismaService,
    private readonly attempts: BacktestRepository,
    private readonly rules: RulesRepository,
    private readonly names: ScopeNamesRepository,
    private readonly circles: FlowCircles,
  ) {}

  /**
   * What the rule would have said of each recorded attempt of the period, from what was known at that attempt. History
   * is taken as it was: what the rule would have blocked happens in it all the same.
   *
   * The totals are those of the whole period on every page. In a process one back-test runs at a time, so that several
   * cannot take the connections and the processor that events need.
   *
   * @param cursor the last attempt of the page before
   * @param hungUp ends the work: nobody waits for its answer any more
   * @throws InvalidError for a rule that would not be created; UnavailableError where it cannot be evaluated, or where
   *   too many back-tests wait already
   */
  async run(
    { rule, from, to }: BacktestDto,
    cursor: Cursor | undefined,
    { accountId }: Actor,
    hungUp: AbortSignal,
  ): Promise<BacktestTotals> {
    const definition = toRuleDefinition(rule);
    await this.refuseCircle(accountId, definition);
    return this.turns.take(async () => {
      const [tried, scope] = [toEnforced(definition), await this.scopeOf(accountId, definition)];
      const [tally, slots] = [new BacktestTally(cursor ?? null), new PastSlots()];
      for await (const chunk of this.attemptsFor(tried, accountId, { from, to }, scope)) {
        if (hungUp.aborted) throw new UnavailableError();
        for (const attempt of chunk) {
          if (attempt.inScope) tally.count(attempt, violationOf(tried, attempt, slots));
          if (attempt.slot !== null) slots.take(attempt.slot);
        }
      }
      return tally.totals(await this.attempts.removedBefore(accountId, from));
    });
  }

  private attemptsFor(
    rule: Rule,
    accountId: string,
    period: Period,
    scope: PastScope,
  ): AsyncGenerator<Iterable<PastAttempt>> {
    const needs = needsOf([rule]);
    return rule.type === 'concurrency'
      ? this.attempts.slots(accountId, period, scope, needs.environmentHolders)
      : this.attempts.facts(accountId, period, scope, needs);
  }

  /** As on creation; a rule that is there already under this name is the one that is tried in another form. */
  private async refuseCircle(accountId: string, definition: RuleDefinition): Promise<void> {
    const named = await this.rules.findByName(this.prisma, accountId, toRuleKeys(definition).nameKey);
    try {
      await this.circles.refuse(this.prisma, accountId, definition, named?.id ?? null);
    } catch (error) {
      if (!(error instanceof InvalidError)) throw error;
      throw new InvalidError(error.faults.map((fault) => ({ ...fault, loc: ['body', 'rule', ...fault.loc.slice(1)] })));
    }
  }

  private async scopeOf(accountId: string, definition: RuleDefinition): Promise<PastScope> {
    const { productKeys, environmentKeys } = toRuleKeys(definition);
    const products = await this.names.products(accountId, productKeys);
    const environments = await this.names.environments(accountId, environmentKeys);
    const { environmentTypes } = definition;
    return {
      productIds: productKeys.length === 0 ? null : [...products.values()].map(({ id }) => id),
      environmentIds: environmentKeys.length === 0 ? null : [...environments.values()].map(({ id }) => id),
      environmentTypes: environmentTypes.length === 0 ? null : environmentTypes,
    };
  }
}

function toEnforced(definition: RuleDefinition): Rule {
  const rule = toRule({ ...definition, id: noRuleId, revision: 0, status: 'enabled' });
  if (isUnreadable(rule)) throw new UnavailableError(undefined, undefined, { cause: new Error(rule.unreadable) });
  return rule;
}

function violationOf(rule: Rule, attempt: PastAttempt, slots: PastSlots): Violation | null {
  const { productName, version, environmentName } = attempt;
  const known = toPreflightFacts({
    now: attempt.checkedAt,
    environmentId: attempt.environmentId,
    environmentName,
    versionSha: attempt.versionSha,
    deployers: attempt.deployers,
    holders: slots.holdersFor({ ...attempt, at: attempt.checkedAt }),
    policy: attempt.policy,
  });
  try {
    return evaluate([rule], { productName, version, environmentName }, known).blocking;
  } catch (cause) {
    throw new UnavailableError(undefined, undefined, { cause });
  }
}
