import { describe, expect, it } from '@jest/globals';
import { type RawAnswer, type RawRequest, sendRaw } from '../support/raw-http.js';
import {
  actionBuild,
  actionDeployment,
  actionRequest,
  cliBuild,
  cliInCi,
  cliPlain,
  cliRequest,
} from '../support/shipped-clients.js';
import { shownByAction, shownByCli } from '../support/shipped-readers.js';
import { minute, testStart, useVersioner } from '../support/use-versioner.js';

type Body = Readonly<Record<string, unknown>>;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const zonedTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/;
/** A second later than the service's, as the clocks of CI runners are. */
const clientNow = '2026-03-02T14:00:01.123Z';

describe('the clients that people run', () => {
  const bed = useVersioner();

  const send = (request: RawRequest) => sendRaw(bed.versioner.url, request);
  const cli = (event: Body, path?: string) => send(cliRequest({ key: bed.versioner.apiKey, path, event }));
  const action = (event: Body, path?: string) => send(actionRequest({ key: bed.versioner.apiKey, path, event }));
  const read = ({ body }: RawAnswer) => JSON.parse(body) as Body;

  /** What both can read: 200, 201 or 202, JSON with a text for an id, and every time with a zone. */
  function expectReadable(answer: RawAnswer): Body {
    expect([200, 201, 202]).toContain(answer.status);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.headers).not.toHaveProperty('content-encoding');
    const body = read(answer);
    expect(body['id']).toMatch(uuid);
    for (const [name, value] of Object.entries(body)) {
      if (name.endsWith('_at') && value !== null) expect(value).toMatch(zonedTime);
    }
    return body;
  }

  describe('what they send', () => {
    it('the CLI in a plain shell', async () => {
      const body = expectReadable(await cli(cliPlain));
      expect(body).toMatchObject({ ...cliPlain, status: 'completed', started_at: null, completed_at: testStart });
    });

    it('the CLI in CI', async () => {
      expect(expectReadable(await cli(cliInCi))).toMatchObject({
        ...cliInCi,
        started_at: testStart,
        completed_at: null,
      });
    });

    it('the CLI with its flag to skip the checks, which needs a scope', async () => {
      const body = expectReadable(await cli({ ...cliInCi, skip_preflight_checks: true }));
      expect(body).toMatchObject({
        preflight_status: 'passed',
        extra_metadata: {
          preflight_status: {
            status: 'passed',
            warnings: ['skip_preflight_checks was ignored: this API key does not hold the scope preflight:skip'],
          },
        },
      });
    });

    it('the CLI for a build', async () => {
      expect(expectReadable(await cli(cliBuild, '/build-events/'))).toMatchObject({ ...cliBuild, status: 'completed' });
    });

    it('the action: its completed_at counts with an end alone', async () => {
      const event = actionDeployment(clientNow);
      const started = expectReadable(await action(event));
      expect(started).toMatchObject({ ...event, status: 'started', started_at: testStart, completed_at: null });

      bed.clock.advance(minute);
      const ended = expectReadable(
        await action({ ...event, status: 'success', completed_at: '2026-03-02T14:01:00.456Z' }),
      );
      expect(ended).toMatchObject({ id: started['id'], status: 'completed', started_at: testStart });
      expect(ended['completed_at']).toBe('2026-03-02T14:01:00.000Z');
    });

    it('the action for a build: its started_at counts as a start alone', async () => {
      const body = expectReadable(await action(actionBuild(clientNow), '/build-events/'));
      expect(body).toMatchObject({ ...actionBuild(testStart), completed_at: testStart });
    });

    it.each(['success', 'SUCCESS', 'Deployed', 'finished', 'in_progress', 'queued', 'cancelled', 'failure'])(
      'whatever status the user typed: %s',
      async (status) => {
        expect(['pending', 'started', 'completed', 'failed', 'aborted']).toContain(
          expectReadable(await cli({ ...cliPlain, status }))['status'],
        );
      },
    );
  });

  describe('where they send it', () => {
    it.each(['/deployment-events/', '//deployment-events/', '/deployment-events', '///deployment-events//'])(
      'is served as it is, and never redirected: %s',
      async (path) => {
        const answer = await cli(cliPlain, path);
        expect(answer.status).toBe(201);
        expect(answer.headers['location']).toMatch(/^\/deployments\//);
        expect(expectReadable(answer)['product_name']).toBe('my-service');
      },
    );

    it.each(['/build-events/', '//build-events/', '/build-events', '/version-events/', '//version-events/'])(
      'is served for builds likewise: %s',
      async (path) => expect((await cli(cliBuild, path)).status).toBe(201),
    );
  });

  describe('what they read', () => {
    it('of a deployment: the outputs of the action', async () => {
      const body = expectReadable(await action(actionDeployment(clientNow)));
      for (const output of ['id', 'version_id', 'product_id', 'environment_id']) expect(body[output]).toMatch(uuid);
    });

    it('of the checks: the entries that the action prints as warnings', async () => {
      const { extra_metadata: metadata } = expectReadable(await action(actionDeployment(clientNow)));
      const { preflight_status: status } = metadata as { preflight_status: { rules_evaluated: Body[] } };
      expect(status.rules_evaluated).toHaveLength(1);
      expect(Object.keys(status.rules_evaluated[0]!)).toEqual(
        expect.arrayContaining(['rule_name', 'status', 'evaluation_result', 'error_message']),
      );
    });

    it('the pages behind the links that they print', async () => {
      const { id, version_id: version } = expectReadable(await cli(cliPlain)) as { id: string; version_id: string };
      const links = [
        `/manage/deployments?view=${id}`,
        `/manage/versions?view=${version}`,
        `/manage/catalog?tab=versions&view=${version}`,
      ];
      for (const path of links) {
        const page = await send({ method: 'GET', path });
        expect([path, page.status]).toEqual([path, 200]);
        expect(page.headers['content-type']).toMatch(/^text\/html/);
        // It holds no data: who follows a link may not be who may read.
        expect(page.body).not.toContain('my-service');
      }
    });
  });

  describe('when they are blocked', () => {
    async function blocked(): Promise<RawAnswer> {
      await cli(cliInCi);
      return action({ ...actionDeployment(clientNow), version: '2.0.0', invoke_id: 'another' });
    }

    const message = 'Another deployment to production is already in progress';
    const rule = 'Concurrency (built in)';
    const everything = { code: 'CONCURRENT_DEPLOYMENT', message, rule, retryAfter: null };

    it('the step fails, and they show all of it', async () => {
      const answer = await blocked();
      const details = read(answer)['details'] as Body;
      expect(shownByCli(answer)).toEqual({ ...everything, exitCode: 5, details, advises: true });
      expect(shownByAction(answer)).toEqual({ ...everything, exitCode: 1, details, advises: true });
    });

    it.each([
      [
        'the documented top level alone: everything is lost',
        ({ detail: _, ...documented }: Body) => documented,
        { code: '', message: 'API error: <nil>', rule: null },
        { code: 'UNKNOWN', rule: 'Unknown Rule' },
      ],
      ['the same object under detail', ({ detail }: Body) => ({ detail }), everything, everything],
      ['both', (sent: Body) => sent, everything, everything],
    ])('they read %s', async (_what, asIfSent, byCli, byAction) => {
      const answer = await blocked();
      const body = JSON.stringify(asIfSent(read(answer)));
      expect(shownByCli({ ...answer, body })).toMatchObject(byCli);
      expect(shownByAction({ ...answer, body })).toMatchObject(byAction);
    });

    it.each([
      ['the CLI', cli, shownByCli],
      ['the action', action, shownByAction],
    ])('%s has no advice of its own for a cooldown: the message says what to do', async (_what, send, shownBy) => {
      await cli(cliPlain);
      await bed.admin.post('/deployment-rules/', { name: 'breathe', type: 'cooldown', config: { minutes: 30 } });
      expect(shownBy(await send({ ...cliInCi, version: '2.0.0' }))).toMatchObject({
        code: 'COOLDOWN_ACTIVE',
        message: expect.stringMatching(/: the next one may start from 2026-03-02T14:30:00Z on$/) as unknown,
        rule: 'breathe',
        retryAfter: '2026-03-02T14:30:00Z',
        advises: false,
      });
    });

    it('what their last step reports afterwards is readable, and no second failure', async () => {
      const { preflight_check_id: checkId } = read(await blocked())['details'] as Body;
      const report = { ...actionDeployment(clientNow), version: '2.0.0', invoke_id: 'another', status: 'failure' };
      expect(expectReadable(await action(report))).toMatchObject({
        id: checkId,
        status: 'failed',
        preflight_status: 'blocked',
      });
    });
  });

  describe('other refusals', () => {
    it('a version with another SHA: a text in detail and in message', async () => {
      await cli(cliBuild, '/build-events/');
      const answer = await cli({ ...cliBuild, scm_sha: '0123456789abcdef0123456789abcdef01234567' }, '/build-events/');
      const text = 'Version 1.2.3 already exists with different SHA';
      expect([answer.status, read(answer)]).toEqual([
        409,
        {
          detail: text,
          message: text,
          code: 'VERSION_IMMUTABLE',
          details: { existing_sha: cliBuild.scm_sha, submitted_sha: '0123456789abcdef0123456789abcdef01234567' },
        },
      ]);
    });

    it('401 and 404: a text in detail', async () => {
      const unknown = await send(cliRequest({ key: 'sk_default_ci_unknown', event: cliPlain }));
      expect([unknown.status, read(unknown)]).toEqual([401, { detail: 'Invalid authentication credentials' }]);
      const nowhere = await cli(cliPlain, '/deployment-event/');
      expect([nowhere.status, read(nowhere)]).toEqual([404, { detail: 'Not found' }]);
    });

    it('422: a list in detail, in the order of the fields', async () => {
      const answer = await cli({ source_system: 'unknown', status: 'done' });
      const { detail } = read(answer) as { detail: { loc: string[] }[] };
      expect([answer.status, detail.map(({ loc }) => loc.join('.'))]).toEqual([
        422,
        ['body.product_name', 'body.version', 'body.environment_name', 'body.status'],
      ]);
    });
  });

  describe('how they retry', () => {
    it.each([
      ['the CLI in a plain shell', { ...cliPlain, status: 'started' }],
      ['the CLI in CI', cliInCi],
      ['a build', cliBuild],
    ])('at 0, 1, 3 and 7 seconds: the same thing, and no conflict with itself: %s', async (_what, event) => {
      const path = event === cliBuild ? '/build-events/' : undefined;
      const answers: RawAnswer[] = [];
      for (const wait of [0, 1_000, 2_000, 4_000]) {
        bed.clock.advance(wait);
        answers.push(await cli(event, path));
      }
      expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 200]);
      for (const answer of answers) expect(expectReadable(answer)).toEqual(read(answers[0]!));
    });

    it('while the first is still under way', async () => {
      const answers = await Promise.all(Array.from({ length: 4 }, () => cli({ ...cliPlain, status: 'started' })));
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 201]);
      expect(new Set(answers.map((answer) => read(answer)['id'])).size).toBe(1);
    });
  });
});
