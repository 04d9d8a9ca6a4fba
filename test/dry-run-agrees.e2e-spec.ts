import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DryRunDto } from '../src/preflight/dry-run.dto.js';
import { full } from './support/full.js';
import { Pipeline, type Reply } from './support/pipeline.js';
import { Historian, type History, randomHistory } from './support/random-history.js';
import { randomRules } from './support/random-rules.js';
import { idOf, type TestBed, testStart, useVersioner } from './support/use-versioner.js';

/** Another one for another sample; a failure tells its own. */
const seed = Number(process.env['DRY_RUN_SEED'] ?? 20_260_302);
const attempts = full(5_000, 40);

type Json = Readonly<Record<string, unknown>>;

/** A pipeline that asks before each of its starts what it will be answered, and when it may go. */
class DoubtingPipeline extends Pipeline {
  /** How many starts were answered how. */
  readonly answers = new Map<string, number>();
  /** Where it was told one thing and then another. */
  readonly broken: object[] = [];
  started = 0;

  override async post(path: string, body: Json): Promise<Reply> {
    if (path !== '/deployment-events/' || body['status'] !== 'started') return super.post(path, body);

    // Nobody says beforehand which run it will be.
    const { invoke_id: _, ...start } = body;
    const { status: __, started_at: ___, ...question } = start;
    const asked = await this.ask(question);
    await this.doubtForecast(question, asked);
    const reply = await super.post(path, start);
    this.compare('start', question, toldBefore(asked), toldBy(reply, asked));

    const answer = asked.override_id === null ? String(asked.code ?? reply.status) : 'overridden';
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
    this.started++;
    return reply;
  }

  private async ask(question: Json): Promise<DryRunDto> {
    const { status, body } = await super.post('/preflight-checks/', question);
    if (status !== 200) throw new Error(`The question was answered ${status}: ${JSON.stringify([question, body])}`);
    return body as DryRunDto;
  }

  /** It may go at that moment, and without an override not a millisecond sooner; who is needed is told where there is none. */
  private async doubtForecast(question: Json, { allowed, next_allowed_at: next, needs }: DryRunDto): Promise<void> {
    this.compare('needs', question, needs.length === 0 || next === null, true);
    if (next === null) return this.compare('never', question, allowed, false);
    this.compare('then', question, (await this.ask({ ...question, at: next })).allowed, true);
    if (allowed) return;
    const justBefore = new Date(Date.parse(next) - 1).toISOString();
    const before = await this.ask({ ...question, at: justBefore });
    this.compare('before', question, before.allowed && before.override_id === null, false);
  }

  private compare(what: string, question: Json, told: unknown, found: unknown): void {
    if (!isDeepStrictEqual(told, found)) this.broken.push({ what, question, told, found });
  }
}

/** What the answer to a start tells, as far as it can be asked for beforehand. */
function toldBy({ status, body }: Reply, asked: DryRunDto): Json {
  const { code = null, message = null, retry_after = null, details, extra_metadata } = body as Json;
  const answer = { allowed: status < 300, status_code: status, code, message, retry_after };
  if (status >= 400) return { ...answer, violations: (details as Json)['violations'], override_id: null };
  if (isRepeat(asked)) return answer;
  const {
    rules_evaluated,
    warnings,
    override_id = null,
  } = (extra_metadata as { preflight_status: Json }).preflight_status;
  return { ...answer, rules_evaluated, warnings, override_id };
}

function toldBefore(asked: DryRunDto): Json {
  const { allowed, status_code, code, message, retry_after, violations, rules_evaluated, warnings, override_id } =
    asked;
  const answer = { allowed, status_code, code, message, retry_after };
  if (!allowed) return { ...answer, violations, override_id };
  return isRepeat(asked) ? answer : { ...answer, rules_evaluated, warnings, override_id };
}

/** It is answered as it was the first time, and no rule is asked. */
function isRepeat({ allowed, rules_evaluated: evaluated }: DryRunDto): boolean {
  return allowed && evaluated.length === 0;
}

/** A few rules, of different types, most of them enforced. */
const policy = randomRules(1).chain((all) =>
  fc
    .subarray([...all], { minLength: 1, maxLength: 4 })
    .chain((some) =>
      fc.tuple(
        ...some.map((rule) =>
          fc.constantFrom('enabled', 'enabled', 'report_only', 'disabled').map((status): Json => ({ ...rule, status })),
        ),
      ),
    ),
);

/** What happens to an account, in chapters under policies of their own. */
interface Story {
  readonly history: History;
  readonly policies: readonly (readonly Json[])[];
}

const [chapters, stepsOfChapter] = [4, 15];
const stories: fc.Arbitrary<Story> = fc.record({
  history: randomHistory(chapters * stepsOfChapter),
  policies: fc.array(policy, { minLength: chapters, maxLength: chapters }),
});

describe('a dry run and the start itself', () => {
  const bed = useVersioner();

  it(`agree about ${attempts} starts under random rules (seed ${seed})`, async () => {
    const pipeline = new DoubtingPipeline(bed.versioner.url, bed.versioner.apiKey);
    const doubting = Object.create(bed, { pipeline: { value: pipeline } }) as TestBed;
    for (let number = 0; pipeline.started < attempts; number++) {
      const [{ history, policies }] = fc.sample(stories, { numRuns: 1, seed: seed + number }) as [Story];
      await bed.versioner.reset();
      bed.clock.set(testStart);
      const historian = new Historian(doubting);
      await historian.settle();
      let laid: string[] = [];
      for (const [chapter, rules] of policies.entries()) {
        for (const id of laid) await bed.admin.delete(`/deployment-rules/${id}`);
        const replies = [];
        for (const rule of rules) replies.push(await bed.admin.post('/deployment-rules/', rule));
        expect(replies.map(({ status }) => status)).toEqual(rules.map(() => 201));
        laid = replies.map(idOf);
        await historian.play(history.slice(chapter * stepsOfChapter, (chapter + 1) * stepsOfChapter));
      }
      await historian.close();
      expect({ number, broken: pipeline.broken }).toEqual({ number, broken: [] });
    }
    // Else little was compared: so many of the ten kinds of answers were given.
    expect(pipeline.answers.size).toBeGreaterThanOrEqual(full(10, 4));
  }, 3_600_000);
});
