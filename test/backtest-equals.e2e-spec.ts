import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { full } from './support/full.js';
import type { Reply } from './support/pipeline.js';
import { Historian, type History, randomHistory } from './support/random-history.js';
import { randomRules } from './support/random-rules.js';
import { hour, testStart, useVersioner } from './support/use-versioner.js';

type Rule = Record<string, unknown>;

/** What one rule said of the attempts of a history, which are told apart by their number. */
interface Said {
  readonly evaluated: number;
  readonly blocked: readonly Record<string, unknown>[];
}

interface RecordedCheck extends Record<string, unknown> {
  readonly id: string;
  readonly outcome: string;
  readonly violations: readonly Record<string, unknown>[];
  readonly rules_evaluated: readonly Record<string, unknown>[];
}

interface Backtest {
  readonly evaluated: number;
  readonly blocked: number;
  readonly results: readonly Record<string, unknown>[];
}

const seed = Number(process.env['BACKTEST_SEED'] ?? 20_260_302);
/** Under which both histories happen: some attempts are blocked, and some of those overridden. */
const houseRules: readonly Rule[] = [
  { name: 'house cooldown', type: 'cooldown', config: { minutes: 20 }, environments: ['production'] },
  {
    name: 'house freeze',
    type: 'schedule',
    config: { mode: 'deny', recurrence: 'daily', windows: [{ start_time: '02:00', end_time: '05:00' }] },
    environments: ['staging'],
  },
];

describe('a back-test', () => {
  const bed = useVersioner();

  /** Lets a history happen under rules that are there from the beginning. */
  async function happen(history: History, rules: readonly Rule[]): Promise<Date> {
    await bed.versioner.reset();
    bed.clock.set(testStart);
    for (const rule of rules) {
      const { status, body } = await bed.admin.post('/deployment-rules/', rule);
      if (status !== 201) throw new Error(`The rule was refused: ${JSON.stringify([rule, body])}`);
    }
    const historian = new Historian(bed);
    await historian.settle();
    await historian.play(history);
    await historian.close();
    return historian.until;
  }

  async function recorded(): Promise<RecordedCheck[]> {
    const columns = 'id, outcome, violations, rules_evaluated';
    return (await bed.rows(`SELECT ${columns} FROM preflight_checks ORDER BY checked_at, id`)) as RecordedCheck[];
  }

  /** One by one, at the attempt itself. */
  function saidThen(name: unknown, checks: readonly RecordedCheck[]): Said {
    const blocked = checks.flatMap(({ outcome, violations }, number) => {
      const violation = violations.find(({ rule_name: of }) => of === name);
      if (violation === undefined) return [];
      const { code, message, retry_after } = violation;
      return [{ number, outcome, code, message, retry_after }];
    });
    const evaluated = checks.filter(({ rules_evaluated: rules }) => rules.some(({ rule_name: of }) => of === name));
    return { evaluated: evaluated.length, blocked };
  }

  /** Afterwards, in a history that knew nothing of the rule. */
  async function saidAfterwards(rule: Rule, to: Date, checks: readonly RecordedCheck[]): Promise<Said> {
    const period = { from: testStart, to: new Date(to.getTime() + hour).toISOString() };
    const reply: Reply = await bed.admin.post('/deployment-rules/backtest', { rule, ...period });
    if (reply.status !== 200) throw new Error(`Answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    const { evaluated, blocked, results } = reply.body as Backtest;
    expect(results).toHaveLength(blocked);
    const numbers = new Map(checks.map(({ id }, number) => [id, number]));
    return {
      evaluated,
      blocked: results.toReversed().map(({ preflight_check_id: id, outcome, code, message, retry_after }) => ({
        number: numbers.get(id as string),
        outcome,
        code,
        message,
        retry_after,
      })),
    };
  }

  it(`says what the rule would have said of each attempt at its moment (seed ${seed})`, async () => {
    let [findings, attempts] = [0, 0];
    const cases = fc.sample(fc.record({ history: randomHistory(120), rules: randomRules(4) }), {
      numRuns: full(60, 2),
      seed,
    });
    for (const { history, rules } of cases) {
      await happen(history, [...houseRules, ...rules.map((rule) => ({ ...rule, status: 'report_only' }))]);
      const live = await recorded();
      const until = await happen(history, houseRules);
      const bare = await recorded();
      expect(bare.map(({ outcome }) => outcome)).toEqual(live.map(({ outcome }) => outcome));

      for (const rule of rules) {
        const said = { rule, ...saidThen(rule['name'], live) };
        expect({ rule, ...(await saidAfterwards(rule, until, bare)) }).toEqual(said);
        findings += said.blocked.length;
      }
      attempts += live.length;
    }
    // Else nothing was compared.
    expect(findings).toBeGreaterThan(attempts);
  }, 3_600_000);
});
