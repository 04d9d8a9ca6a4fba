import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { changeEverything, type SentChange } from './support/change-everything.js';
import { useVersioner } from './support/use-versioner.js';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const bed = useVersioner();

/** What only asks, by a method that could change something. */
const asking = ['POST /preflight-checks/', 'POST /preflight-checks/{id}/replay', 'POST /deployment-rules/backtest'];

/** Every route of the service that changes something is in `changeEverything`; one that is new must be added there. */
it('every change over HTTP leaves an entry that names its request', async () => {
  const { url, apiKey, adminToken } = bed.versioner;
  const covered = new Set(asking);
  const silent: string[] = [];

  async function send({ route, path, body, as = adminToken }: SentChange): Promise<Record<string, string>> {
    const [method, pattern] = route.split(' ') as [string, string];
    const requestId = randomUUID();
    const response = await fetch(url + (path ?? pattern), {
      method,
      headers: {
        Authorization: `Bearer ${as}`,
        'X-Request-Id': requestId,
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${route} answered ${response.status}: ${text}`);
    covered.add(route);
    const entries = await bed.rows('SELECT action FROM audit_log WHERE request_id = $1', [requestId]);
    if (entries.length === 0) silent.push(route);
    return text === '' ? {} : (JSON.parse(text) as Record<string, string>);
  }

  await changeEverything(send, apiKey);

  expect(silent).toEqual([]);
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
  const changing = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => method !== 'get')
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(changing.filter((route) => !covered.has(route))).toEqual([]);
});
