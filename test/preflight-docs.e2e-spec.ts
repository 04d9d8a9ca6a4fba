import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createPerson } from './support/create-person.js';
import { Pipeline, type Reply } from './support/pipeline.js';
import { useVersioner } from './support/use-versioner.js';

/** A request of the page, when and by whom it is made, and the answer that the page shows. */
interface Exchange {
  readonly at: string;
  readonly by: string;
  readonly method: string;
  readonly path: string;
  readonly body: object | null;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly answer: unknown;
}

const page = readFileSync(new URL('../docs/preflight.md', import.meta.url), 'utf8');

/** The exchanges under each heading that has any. */
const examples = page
  .split(/^#{2,3} /m)
  .map((section) => ({ title: section.split('\n')[0]!, exchanges: exchangesIn(section) }))
  .filter(({ exchanges }) => exchanges.length > 0);

function exchangesIn(section: string): Exchange[] {
  const blocks = [...section.matchAll(/^```http *([^\n]*)\n(.*?)^```/gms)].map(([, info, text]) => ({ info, text }));
  return blocks.flatMap(({ info, text: request }, i) => {
    if (i % 2 === 1) return [];
    const [, at, by] = /^at=(\S+) by=(\S+)$/.exec(info!)!;
    const [line, body] = partsOf(request!);
    const [head, answer] = partsOf(blocks[i + 1]!.text!);
    const [statusLine, ...headers] = head.split('\n');
    const [method, path] = line.split(' ') as [string, string];
    return [
      {
        at: at!,
        by: by!,
        method,
        path,
        body: body === '' ? null : (JSON.parse(body) as object),
        status: Number(statusLine!.split(' ')[1]),
        headers: headers.map((header) => header.split(': ') as [string, string]),
        answer: JSON.parse(answer),
      },
    ];
  });
}

/** What stands before and after the empty line. */
function partsOf(text: string): [string, string] {
  const [head, ...rest] = text.trim().split('\n\n');
  return [head!, rest.join('\n\n')];
}

describe('the page on pre-flight checks', () => {
  const bed = useVersioner();
  let callers: Readonly<Record<string, Pipeline>>;

  beforeEach(async () => {
    const { token } = await createPerson(bed.versioner, 'developer', { approver_roles: ['team-lead'] });
    callers = { admin: bed.admin, pipeline: bed.pipeline, approver: new Pipeline(bed.versioner.url, token) };
  });

  it('has an example for every check, and for what goes with them', () => {
    expect(examples).toHaveLength(9);
    expect(page.match(/^```http/gm)).toHaveLength(2 * examples.flatMap(({ exchanges }) => exchanges).length);
  });

  it.each(examples)('tells the truth: $title', async ({ exchanges }) => {
    const ids = new Map<string, string>();
    for (const { at, by, method, path, body, status, headers, answer } of exchanges) {
      bed.versioner.clock.set(at);
      const where = path.replaceAll(/<\w+>/g, (name) => ids.get(name)!);
      const caller = callers[by]!;
      const reply: Reply = method === 'GET' ? await caller.get(where) : await caller.post(where, body!);
      learnIds(answer, reply.body, ids);
      const shown = JSON.parse(JSON.stringify(answer).replaceAll(/<\w+>/g, (name) => ids.get(name) ?? name)) as object;
      expect({ status: reply.status, body: reply.body }).toMatchObject({ status, body: shown });
      for (const [name, value] of headers) expect([name, reply.headers.get(name)]).toEqual([name, value]);
    }
  });
});

/** What the names in angle brackets stand for, at their first mention. */
function learnIds(shown: unknown, sent: unknown, ids: Map<string, string>): void {
  if (typeof shown === 'string' && /^<\w+>$/.test(shown) && !ids.has(shown) && typeof sent === 'string') {
    ids.set(shown, sent);
  }
  if (typeof shown !== 'object' || shown === null || typeof sent !== 'object' || sent === null) return;
  for (const [key, value] of Object.entries(shown)) learnIds(value, (sent as Record<string, unknown>)[key], ids);
}
