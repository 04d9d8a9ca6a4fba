import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { expectTrue, readDocsExamples } from './support/docs-examples.js';
import { OidcIssuer } from './support/oidc-issuer.js';
import { Pipeline } from './support/pipeline.js';

const page = 'single-sign-on.md';
const examples = readDocsExamples(page);
const instant = Date.parse('2026-03-02T14:00:00.000Z') / 1000;

describe('the page on single sign-on', () => {
  let issuer: OidcIssuer;
  let versioner: RunningVersioner;
  let callers: Readonly<Record<string, Pipeline>>;

  beforeAll(async () => {
    issuer = await OidcIssuer.start();
    const text = readFileSync(new URL(`../docs/${page}`, import.meta.url), 'utf8');
    const shown = parseEnv(/^```sh\n(OIDC_.*?)^```/ms.exec(text)![1]!) as Record<string, string>;
    versioner = await startVersioner({ env: { ...shown, OIDC_ISSUER: issuer.url } });
    const mona = issuer.forge({
      iss: issuer.url,
      aud: shown['OIDC_AUDIENCE']!,
      sub: 'f0c4b6a2',
      iat: instant,
      exp: instant + 3600,
      name: 'Mona Lisa',
      email: 'mona@example.com',
      email_verified: true,
      groups: ['staff', 'release'],
    });
    callers = {
      admin: new Pipeline(versioner.url, versioner.adminToken),
      mona: new Pipeline(versioner.url, mona),
    };
  });
  afterAll(async () => {
    await versioner?.stop();
    await issuer?.goAway();
  });
  beforeEach(() => versioner.reset());

  it('has its examples', () => {
    expect(examples).toHaveLength(2);
  });

  it.each(examples)('tells the truth: $title', async (example) => {
    await expectTrue(example, versioner, callers);
  });
});
