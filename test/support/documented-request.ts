import { afterEach } from '@jest/globals';
import supertest, { type Response, type Test } from 'supertest';
import { expectDocumented } from './documented-answers.js';

const checks: Promise<Error | null>[] = [];

/** As `supertest`, with every answer held against the OpenAPI document when the test ends. */
export function request(url: string): ReturnType<typeof supertest.agent> {
  return supertest.agent(url).use((sent: Test) => {
    sent.on('response', ({ status, body }: Response) => {
      const { pathname, search } = new URL(sent.url);
      const check = expectDocumented(url, {
        method: sent.method,
        path: pathname + search,
        status,
        body: body as unknown,
      });
      checks.push(check.then(() => null).catch((error: Error) => error));
    });
  });
}

afterEach(async () => {
  const faults = (await Promise.all(checks.splice(0))).filter((fault) => fault !== null);
  if (faults[0] !== undefined) throw faults[0];
});
