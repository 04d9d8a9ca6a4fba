import { expect } from '@jest/globals';
import { expectDocumented } from './documented-answers.js';
import type { Reply } from './pipeline.js';
import { type RawAnswer, sendRaw } from './raw-http.js';
import { actionDeployment, actionRequest, cliInCi, cliRequest } from './shipped-clients.js';
import { shownByAction, shownByCli } from './shipped-readers.js';
import { idOf, type TestBed } from './use-versioner.js';

/** A rule as its violations name it. */
export interface NamedRule {
  /** Null: built in. */
  readonly id: string | null;
  readonly name: string;
  readonly type: string;
}

export const builtIn: NamedRule = { id: null, name: 'Concurrency (built in)', type: 'concurrency' };

/** A violation as a refusal must tell it. */
export interface ToldViolation {
  readonly code: string;
  readonly message: string;
  readonly rule: NamedRule;
  /** `enabled`, unless told otherwise. */
  readonly status?: 'enabled' | 'report_only';
  readonly retryAfter?: string;
  /** In the order of the wire. */
  readonly details: object;
}

/** A refusal as it must come over the wire. */
export interface Refusal {
  readonly statusLine: 'HTTP/1.1 409 Conflict' | 'HTTP/1.1 423 Locked' | 'HTTP/1.1 428 Precondition Required';
  /** The header; absent where no time is known. */
  readonly retryAfterSeconds?: number;
  /** All of them, in their order. The first that is enforced makes the answer, unless `answeredBy` names another. */
  readonly violations: readonly ToldViolation[];
  readonly answeredBy?: string;
}

interface Ids {
  readonly product_id: string;
  readonly version_id: string;
  readonly environment_id: string;
}

interface Details {
  readonly preflight_check_id: string;
  readonly violations: readonly unknown[];
}

type Event = Readonly<Record<string, unknown>>;

/** Starts that are refused, sent as the shipped clients send them and held against what they must be answered. */
export class RefusedStarts {
  constructor(private readonly bed: TestBed) {}

  /** Makes a rule, over REST, as an admin. */
  async rule(definition: { readonly name: string; readonly type: string } & Event): Promise<NamedRule> {
    const reply = await this.bed.admin.post('/deployment-rules/', definition);
    if (reply.status !== 201) throw new Error(`The rule was refused: ${JSON.stringify(reply.body)}`);
    return { id: idOf(reply), name: definition.name, type: definition.type };
  }

  async sendAsCli(event: Event = {}): Promise<RawAnswer> {
    const { apiKey: key, url } = this.bed.versioner;
    return this.documented(await sendRaw(url, cliRequest({ key, event: { ...cliInCi, ...event } })));
  }

  async sendAsAction(event: Event = {}): Promise<RawAnswer> {
    const { apiKey: key, url } = this.bed.versioner;
    // Its clock is a little ahead of the service's, as the clocks of CI runners are.
    const sent = { ...actionDeployment('2026-03-02T14:00:01.123Z'), ...event };
    return this.documented(await sendRaw(url, actionRequest({ key, event: sent })));
  }

  /**
   * Sends one start as each of the two clients does; version 1.2.3 of my-service in production, unless told otherwise.
   * Both answers are held, whole, against what is expected: the status line, the headers, the body to the byte, what the
   * record of the attempt says, and what people then see.
   */
  async expectRefused(refusal: Refusal, event: Event = {}): Promise<void> {
    const [byCli, byAction] = [await this.sendAsCli(event), await this.sendAsAction(event)];
    const ids = await this.idsOf({ ...cliInCi, ...event });
    for (const answer of [byCli, byAction]) {
      expectHead(answer, refusal);
      const details = expectBody(answer, refusal, ids);
      expectRecord(await this.bed.admin.get(`/preflight-checks/${details.preflight_check_id}`), answer, ids);
    }
    expectShown(byCli, byAction, refusal);
  }

  /** What the names in an event stand for by now: a refused start makes them known. */
  async idsOf(event: Event = cliInCi): Promise<Ids> {
    const named = async (path: string, name: unknown) =>
      (await this.bed.admin.list<{ id: string; name: string }>(path)).find((one) => one.name === name)!.id;
    const versions = `/versions/?product=${String(event['product_name'])}&version=${String(event['version'])}`;
    return {
      product_id: await named('/products/', event['product_name']),
      version_id: (await this.bed.admin.list<{ id: string }>(versions))[0]!.id,
      environment_id: await named('/environments/', event['environment_name']),
    };
  }

  private async documented(answer: RawAnswer): Promise<RawAnswer> {
    const { status, body } = answer;
    const answered = { method: 'POST', path: '/deployment-events/', status, body: JSON.parse(body) as unknown };
    await expectDocumented(this.bed.versioner.url, answered);
    return answer;
  }
}

function expectHead({ statusLine, headers }: RawAnswer, refusal: Refusal): void {
  expect(statusLine).toBe(refusal.statusLine);
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'x-request-id': expect.stringMatching(/^[\w-]{8,}$/) as unknown,
    'x-ratelimit-limit': expect.stringMatching(/^\d+$/) as unknown,
    'x-ratelimit-remaining': expect.stringMatching(/^\d+$/) as unknown,
    'x-ratelimit-reset': expect.stringMatching(/^\d{10}$/) as unknown,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  expect(headers['retry-after']).toBe(refusal.retryAfterSeconds?.toString());
  for (const name of ['content-encoding', 'location', 'x-powered-by']) expect(headers).not.toHaveProperty(name);
}

function expectBody({ body }: RawAnswer, refusal: Refusal, ids: Ids): Details {
  const sent = JSON.parse(body) as { readonly details: Details };
  const documented = documentedBody(refusal, sent.details.preflight_check_id, ids);
  // Parsed first, because the difference can be read then.
  expect(sent).toEqual({ ...documented, detail: documented });
  expect(body).toBe(JSON.stringify({ ...documented, detail: documented }));
  return sent.details;
}

/** The attempt that the answer names is on record, and told the same there. */
function expectRecord(record: Reply, { status, body }: RawAnswer, ids: Ids): void {
  const { code, message, retry_after, details } = JSON.parse(body) as Record<string, unknown> & { details: Details };
  const told = { code, message, retry_after: retry_after ?? null, violations: details.violations };
  expect(record).toMatchObject({
    status: 200,
    body: { ...ids, ...told, id: details.preflight_check_id, allowed: false, status_code: status },
  });
}

function expectShown(byCli: RawAnswer, byAction: RawAnswer, refusal: Refusal): void {
  const { code, message, rule, retryAfter = null } = answering(refusal);
  const shown = { code, message, rule: rule.name, retryAfter };
  const details = ({ body }: RawAnswer) => (JSON.parse(body) as { details: Details }).details;
  expect(shownByCli(byCli)).toMatchObject({ ...shown, exitCode: 5, details: details(byCli) });
  expect(shownByAction(byAction)).toMatchObject({ ...shown, exitCode: 1, details: details(byAction) });
}

function answering({ violations, answeredBy }: Refusal): ToldViolation {
  const isAnswer = ({ code, status }: ToldViolation) =>
    answeredBy === undefined ? status !== 'report_only' : code === answeredBy;
  return violations.find(isAnswer)!;
}

/** The documented object, its keys in their order. */
function documentedBody(refusal: Refusal, checkId: string, ids: Ids) {
  const { code, message, rule, retryAfter, details } = answering(refusal);
  return {
    error: 'deployment_blocked',
    message,
    code,
    ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
    details: {
      ...details,
      rule_id: rule.id,
      rule_name: rule.name,
      rule_type: rule.type,
      preflight_check_id: checkId,
      ...ids,
      violations: refusal.violations.map((one) => ({
        code: one.code,
        message: one.message,
        rule_id: one.rule.id,
        rule_name: one.rule.name,
        rule_type: one.rule.type,
        status: one.status ?? 'enabled',
        retry_after: one.retryAfter ?? null,
        details: one.details,
      })),
    },
  };
}
