import type { DryRunDto } from '../../src/preflight/dry-run.dto.js';
import type { Pipeline } from './pipeline.js';
import { idOf, type TestBed } from './use-versioner.js';

/** Somebody who asks what a start would be answered, and the rules that they ask under. */
export class Asking {
  constructor(private readonly bed: TestBed) {}

  /** For production, unless told otherwise. @returns its id */
  async rule(fields: object): Promise<string> {
    const reply = await this.bed.admin.post('/deployment-rules/', { environments: ['production'], ...fields });
    if (reply.status !== 201) throw new Error(`The rule was refused: ${JSON.stringify(reply.body)}`);
    return idOf(reply);
  }

  /** About version 1.2.3 of my-service in production, unless told otherwise, with the pipeline's key. */
  async ask(asked: object = {}, by: Pipeline = this.bed.pipeline): Promise<DryRunDto> {
    const start = { product_name: 'my-service', version: '1.2.3', environment_name: 'production', ...asked };
    const { status, body } = await by.post('/preflight-checks/', start);
    if (status !== 200) throw new Error(`The question was answered ${status}: ${JSON.stringify(body)}`);
    return body as DryRunDto;
  }
}

/** At most one deployment an hour. */
export const cooldown = { name: 'slowly', type: 'cooldown', config: { minutes: 60 } };

/** Closed every day between these times (UTC). */
export function daily(name: string, start_time: string, end_time: string): object {
  const config = { mode: 'deny', recurrence: 'daily', windows: [{ start_time, end_time }] };
  return { name, type: 'schedule', config };
}
