import type { BacktestResultDto } from '../../src/rules/backtest.dto.js';
import type { Pipeline, Reply } from './pipeline.js';
import type { TestBed } from './use-versioner.js';

const day = '2026-03-02';

/** A day that a test lets happen, step by step, and what a rule says of it afterwards. */
export class Past {
  constructor(private readonly bed: TestBed) {}

  /** @param time of that day, `14:00` or `14:00:00.001`; or a whole instant */
  set(time: string): void {
    this.bed.clock.set(instant(time));
  }

  /** One event: version 1.2.3 of my-service starts in production, unless told otherwise. */
  async event(time: string, event: Readonly<Record<string, unknown>> = {}): Promise<Reply> {
    this.set(time);
    const reply = await this.bed.report(event);
    if (reply.status >= 500) throw new Error(`The event was answered ${reply.status}`);
    return reply;
  }

  /** A start, and its end. */
  async deployed(from: string, to: string, event: Readonly<Record<string, unknown>> = {}): Promise<void> {
    for (const [time, status] of [
      [from, 'started'],
      [to, 'completed'],
    ] as const) {
      const reply = await this.event(time, { ...event, status });
      if (reply.status > 201) throw new Error(`The event was refused: ${JSON.stringify(reply.body)}`);
    }
  }

  async ask(rule: object, asked: object = {}, by: Pipeline = this.bed.admin): Promise<Reply> {
    const period = { from: instant('00:00'), to: instant('23:59:59.999') };
    return by.post('/deployment-rules/backtest', { rule: { name: 'tried', ...rule }, ...period, ...asked });
  }

  async backtest(rule: object, asked: object = {}): Promise<BacktestResultDto> {
    const { status, body } = await this.ask(rule, asked);
    if (status !== 200) throw new Error(`The back-test was answered ${status}: ${JSON.stringify(body)}`);
    return body as BacktestResultDto;
  }

  /** How many attempts there were, and of those that would have been blocked the time, code and retry time, oldest first. */
  async said(rule: object): Promise<[number, ...(readonly [string, string, string | null])[]]> {
    const { evaluated, blocked, results } = await this.backtest(rule);
    if (results.length !== blocked) throw new Error(`${blocked} were blocked, and ${results.length} shown`);
    const shown = results.map(
      ({ checked_at, code, retry_after }) => [timeOf(checked_at), code, retry_after && timeOf(retry_after)] as const,
    );
    return [evaluated, ...shown.toReversed()];
  }
}

function instant(time: string): string {
  return time.includes('T') ? time : new Date(`${day}T${time}Z`).toISOString();
}

/** As `instant` takes it, without what is zero. */
function timeOf(wire: string): string {
  const time = new Date(wire).toISOString();
  if (!time.startsWith(day)) return wire;
  return time.slice(11, -1).replace(/(:00)?\.000$/, '');
}
