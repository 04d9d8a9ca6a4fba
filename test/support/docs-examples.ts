import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { RunningVersioner } from '../../src/testing/start-versioner.js';
import { Pipeline, type Reply } from './pipeline.js';

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

/** The exchanges under one heading of a page. */
export interface DocsExample {
  readonly title: string;
  readonly exchanges: readonly Exchange[];
}

/**
 * The examples of a page under `docs/`: each pair of ```http blocks is a request, marked `at=INSTANT by=WHOM`, and its
 * answer. What stands in angle brackets is learnt at its first mention in an answer; as WHOM it is the secret to call with.
 */
export function readDocsExamples(file: string): DocsExample[] {
  return readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8')
    .split(/^#{2,3} /m)
    .map((section) => ({ title: section.split('\n')[0]!, exchanges: exchangesIn(section) }))
    .filter(({ exchanges }) => exchanges.length > 0);
}

/** Sends the requests of an example, one after the other, and holds the answers against those of the page. */
export async function expectTrue(
  { exchanges }: DocsExample,
  versioner: Pick<RunningVersioner, 'clock' | 'url'>,
  callers: Readonly<Record<string, Pipeline>>,
): Promise<void> {
  const ids = new Map<string, string>();
  for (const { at, by, method, path, body, status, headers, answer } of exchanges) {
    versioner.clock.set(at);
    const where = withIds(path, ids);
    const sent = body && (JSON.parse(withIds(JSON.stringify(body), ids)) as object);
    const caller = callers[by] ?? new Pipeline(versioner.url, withIds(by, ids));
    const reply: Reply = await caller.send(method, where, sent);
    if (answer !== null) learnIds(answer, reply.body, ids);
    const shown = answer && (JSON.parse(withIds(JSON.stringify(answer), ids)) as object);
    expect({ status: reply.status, body: reply.body || null }).toMatchObject({ status, body: shown });
    for (const [name, value] of headers) expect([name, reply.headers.get(name)]).toEqual([name, withIds(value, ids)]);
  }
}

function withIds(text: string, ids: ReadonlyMap<string, string>): string {
  return text.replaceAll(/<\w+>/g, (name) => ids.get(name) ?? name);
}

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
        answer: answer === '' ? null : JSON.parse(answer),
      },
    ];
  });
}

/** What stands before and after the empty line. */
function partsOf(text: string): [string, string] {
  const [head, ...rest] = text.trim().split('\n\n');
  return [head!, rest.join('\n\n')];
}

/** What the names in angle brackets stand for, at their first mention. */
function learnIds(shown: unknown, sent: unknown, ids: Map<string, string>): void {
  if (typeof shown === 'string' && /^<\w+>$/.test(shown) && !ids.has(shown) && typeof sent === 'string') {
    ids.set(shown, sent);
  }
  if (typeof shown !== 'object' || shown === null || typeof sent !== 'object' || sent === null) return;
  for (const [key, value] of Object.entries(shown)) learnIds(value, (sent as Record<string, unknown>)[key], ids);
}
