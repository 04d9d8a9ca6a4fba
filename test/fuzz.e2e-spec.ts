import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { createStranger } from './support/create-stranger.js';
import { DocumentedAnswers } from './support/documented-answers.js';
import { full } from './support/full.js';
import { type HostileRequest, hostileRequests, type RequestDocument } from './support/hostile-requests.js';
import { Pipeline } from './support/pipeline.js';
import { unknownId } from './support/reader.js';

const event = { product_name: 'fuzz', version: '1', environment_name: 'production', status: 'started' };
/** Requests, and the seed from which they follow: a failure can be had again. */
const requests = { numRuns: full(6_000, 700), seed: 20_260_302 };

describe('every route, with every field and parameter', () => {
  let versioner: RunningVersioner;
  let secrets: Readonly<Record<HostileRequest['caller'], string | null>>;

  beforeAll(async () => {
    versioner = await startVersioner();
    const { adminToken, apiKey } = versioner;
    secrets = { admin: adminToken, key: apiKey, stranger: await createStranger(versioner), nobody: null };
  }, 60_000);

  afterAll(async () => {
    await versioner?.stop();
  }, 60_000);

  it('never fails, and answers nothing that the document does not have', async () => {
    const document = (await (await fetch(`${versioner.url}/openapi.json`)).json()) as RequestDocument;
    withoutRateLimit(document);
    const answers = await DocumentedAnswers.of(versioner.url);
    const admin = new Pipeline(versioner.url, versioner.adminToken);
    const statuses = new Set<number>();

    const property = fc.asyncProperty(hostileRequests(document, await idsOfAll()), async (request) => {
      const { status, body, path } = await send(request);
      statuses.add(status);
      expect(status).not.toBe(500);
      answers.check({ method: request.method, path, status, body });
      // A closed catalogue would keep later events from going deeper.
      if (request.method === 'PATCH' && path.startsWith('/account'))
        await admin.patch('/account/', { catalog: 'open' });
    });
    await fc.assert(property, requests);

    // It has reached both the depths and the ways in which a request is refused.
    expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 204, 400, 401, 403, 404, 405, 422]));
  }, 600_000);

  async function send({ method, path, caller, headers, body }: HostileRequest) {
    const url = new URL(versioner.url + path);
    const secret = secrets[caller];
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: {
        ...(secret === null ? {} : { Authorization: `Bearer ${secret}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body ?? null,
    });
    const text = await response.text();
    const isJson = text !== '' && response.headers.get('content-type')?.startsWith('application/json') === true;
    return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text, path: url.pathname };
  }

  /** One of everything, of this account and of another, and an id that nothing has. */
  async function idsOfAll(): Promise<string[]> {
    const ids = [unknownId];
    for (const token of [versioner.adminToken, secrets.stranger!]) {
      const client = new Pipeline(versioner.url, token);
      const deployment = (await client.deploy(event)).body as Record<string, string>;
      const made = [
        await client.post('/build-events/', event),
        await client.post('/api-keys/', { name: 'fuzz' }),
        await client.post('/personal-access-tokens/', { name: 'fuzz' }),
        await client.post('/feed-tokens/', { kind: 'badge' }),
        await client.post('/deployment-rules/', { name: 'fuzz', type: 'cooldown', config: { minutes: 1 } }),
      ];
      for (const name of ['id', 'product_id', 'environment_id', 'version_id']) ids.push(deployment[name]!);
      ids.push(...made.map(({ body }) => (body as { id: string }).id));
    }
    return ids;
  }
});

/** Else the first change of the account's limit would end the run. */
function withoutRateLimit({ components }: RequestDocument): void {
  delete (components.schemas['UpdateAccountDto']!.properties as Record<string, unknown>)['rate_limit_per_minute'];
}
