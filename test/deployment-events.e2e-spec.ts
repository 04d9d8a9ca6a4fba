import { describe, expect, it } from '@jest/globals';
import { idOf, testStart, useVersioner } from './support/use-versioner.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('POST /deployment-events/', () => {
  const bed = useVersioner();

  it('answers the whole deployment, with every documented field', async () => {
    const sent = {
      source_system: 'github',
      build_number: '482',
      scm_sha: '9fceb02d0ae598e95dc970b74767f19372d61af8',
      scm_branch: 'main',
      scm_repository: 'octo-org/my-service',
      build_url: 'vstfs:///Build/Build/482',
      deploy_url: 'https://ci.example.com/deployments/91?a=1&b=<2>',
      invoke_id: '7345678901',
      deployed_by: 'octocat',
      deployed_by_email: 'not judged in events',
      deployed_by_name: 'Mona Lisa',
    };
    const reply = await bed.report({
      ...sent,
      extra_metadata: { vi_gh_run_attempt: '1', list: [1, null, { deep: '😀' }] },
    });
    const id: unknown = expect.stringMatching(uuid);
    expect(reply).toMatchObject({ status: 201 });
    expect(reply.headers.get('location')).toBe(`/deployments/${idOf(reply)}`);
    expect(reply.body).toEqual({
      id,
      product_id: id,
      product_name: 'my-service',
      version_id: id,
      version: '1.2.3',
      environment_id: id,
      environment_name: 'production',
      status: 'started',
      started_at: testStart,
      completed_at: null,
      deployed_at: testStart,
      ...sent,
      preflight_status: 'passed',
      soak_time_hours: null,
      extra_metadata: {
        vi_gh_run_attempt: '1',
        list: [1, null, { deep: '😀' }],
        preflight_status: {
          status: 'passed',
          checked_at: testStart,
          warnings: [],
          rules_evaluated: [
            {
              rule_id: null,
              rule_name: 'Concurrency (built in)',
              rule_type: 'concurrency',
              status: 'enabled',
              evaluation_result: 'passed',
              error_code: null,
              error_message: null,
            },
          ],
        },
      },
      created_at: testStart,
      updated_at: testStart,
    });
  });

  describe('names', () => {
    it('are trimmed; products and environments are one whatever the letter case, the first spelling stays', async () => {
      const first = await bed.report({ product_name: ' My-Service ', environment_name: 'Production', invoke_id: 'a' });
      const second = await bed.report({
        product_name: 'MY-SERVICE',
        environment_name: ' production\t',
        version: ' 1.2.3 ',
        invoke_id: 'a',
        status: 'completed',
      });
      expect(second).toMatchObject({
        status: 200,
        body: { id: idOf(first), product_name: 'My-Service', environment_name: 'Production', version: '1.2.3' },
      });
    });

    it('are one in whatever form Unicode writes them', async () => {
      await bed.report({ product_name: 'caf\u00e9', version: '1' });
      expect((await bed.report({ product_name: 'CAFE\u0301', version: '2' })).status).toBe(409);
    });

    it('of versions are compared exactly', async () => {
      await bed.report({ version: '1.0-RC', status: 'completed' });
      await bed.report({ version: '1.0-rc', status: 'completed' });
      expect(await bed.rows('SELECT version FROM versions ORDER BY version COLLATE "C"')).toEqual([
        { version: '1.0-RC' },
        { version: '1.0-rc' },
      ]);
    });

    it('that a product or an environment had before still find it', async () => {
      const first = await bed.report();
      await bed.rows(`INSERT INTO product_names (account_id, name_key, product_id, name, created_at)
        SELECT account_id, 'old-name', product_id, 'Old-Name', now() FROM product_names`);
      await bed.rows(`INSERT INTO environment_names (account_id, name_key, environment_id, name, created_at)
        SELECT account_id, 'prod', environment_id, 'prod', now() FROM environment_names`);
      const second = await bed.report({ product_name: 'OLD-name', environment_name: 'Prod', status: 'completed' });
      expect(second).toMatchObject({
        status: 200,
        body: { id: idOf(first), product_name: 'my-service', environment_name: 'production' },
      });
      // The old name and the new one in one instant: two keys, one slot.
      const races = ['my-service', 'old-name'].map((product_name, i) =>
        bed.report({ product_name, version: `2.${i}` }),
      );
      expect((await Promise.all(races)).map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    });

    it('give an environment its type and its place', async () => {
      for (const name of ['production', 'preprod', 'qa', 'dev-1', 'elsewhere'])
        await bed.report({ environment_name: name });
      expect(await bed.rows('SELECT name, type FROM environments ORDER BY position')).toEqual([
        { name: 'dev-1', type: 'dev' },
        { name: 'qa', type: 'test' },
        { name: 'preprod', type: 'staging' },
        { name: 'production', type: 'production' },
        { name: 'elsewhere', type: 'other' },
      ]);
      expect(await bed.rows('SELECT count(*)::int AS types FROM environment_types WHERE valid_to IS NULL')).toEqual([
        { types: 5 },
      ]);
    });

    it('that are unknown are refused where the catalog is closed', async () => {
      await bed.report({ status: 'completed' });
      expect((await bed.admin.patch('/account/', { catalog: 'closed' })).status).toBe(200);
      const unknown = (field: string, what: string) => ({
        loc: ['body', field],
        msg: `unknown ${what}; the catalog of this account is closed`,
        type: 'value_error.unknown',
      });
      const product = unknown('product_name', 'product');
      const environment = unknown('environment_name', 'environment');
      const before = await bed.written();
      expect(await bed.report({ product_name: 'new' })).toMatchObject({ status: 422, body: { detail: [product] } });
      expect(await bed.report({ environment_name: 'new' })).toMatchObject({
        status: 422,
        body: { detail: [environment] },
      });
      expect((await bed.report({ product_name: 'new', environment_name: 'new' })).body).toEqual({
        detail: [product, environment],
      });
      expect(await bed.written()).toEqual(before);
      expect((await bed.report({ version: 'new' })).status).toBe(201);
    });
  });

  describe('fields', () => {
    it('that nobody knows are ignored, and kept with the event', async () => {
      const reply = await bed.report({ from_the_future: { a: [1] }, nul: 'a\0b', half: 'c\ud83d' });
      expect(reply.status).toBe(201);
      expect(reply.body).not.toHaveProperty('from_the_future');
      expect(
        await bed.rows("SELECT payload->'from_the_future' AS kept, payload->>'nul' AS nul FROM deployment_events"),
      ).toEqual([{ kept: { a: [1] }, nul: 'a\ufffdb' }]);
    });

    it('that are empty or null count as absent', async () => {
      const empty = Object.fromEntries(
        ['source_system', 'build_number', 'scm_sha', 'scm_branch', 'scm_repository', 'build_url', 'deploy_url'].map(
          (name) => [name, ''],
        ),
      );
      const nulls = Object.fromEntries(
        ['invoke_id', 'deployed_by', 'deployed_by_email', 'deployed_by_name', 'started_at', 'extra_metadata'].map(
          (name) => [name, null],
        ),
      );
      const reply = await bed.report({ ...empty, ...nulls, completed_at: '', skip_preflight_checks: null });
      expect(reply).toMatchObject({
        status: 201,
        body: { source_system: null, deploy_url: null, invoke_id: null, started_at: testStart },
      });
      // So this is a repeat of it.
      expect((await bed.report()).status).toBe(200);
    });

    it.each(['product_name', 'version', 'environment_name', 'scm_branch', 'deployed_by'])(
      'with a character that is none are refused: %s',
      async (field) => {
        for (const text of ['a\0b', 'half \ud83d', '\ude00']) {
          expect(await bed.report({ [field]: text })).toMatchObject({
            status: 422,
            body: {
              detail: [{ loc: ['body', field], msg: 'invalid character in string', type: 'value_error.str.character' }],
            },
          });
        }
      },
    );

    it('in extra_metadata too, wherever they lie', async () => {
      expect(await bed.report({ extra_metadata: { list: ['a', 'b\0'] } })).toMatchObject({
        status: 422,
        body: { detail: [{ loc: ['body', 'extra_metadata', 'list', 1], type: 'value_error.str.character' }] },
      });
    });

    it('extra_metadata.preflight_status is the service’s own', async () => {
      const mine = { preflight_status: { status: 'overridden' }, other: 1 };
      expect((await bed.report({ extra_metadata: mine })).body).toMatchObject({
        extra_metadata: { other: 1, preflight_status: { status: 'passed' } },
      });
      expect((await bed.report({ status: 'completed', extra_metadata: mine })).body).toMatchObject({
        preflight_status: 'passed',
        extra_metadata: { preflight_status: { status: 'passed' } },
      });
      expect((await bed.report({ version: '2', status: 'pending', extra_metadata: mine })).body).toMatchObject({
        extra_metadata: { other: 1 },
      });
      expect((await bed.report({ version: '3', status: 'pending', extra_metadata: mine })).body).not.toHaveProperty(
        'extra_metadata.preflight_status',
      );
    });

    it('keep a key that JavaScript would take for something else', async () => {
      const body = `{"product_name":"p","version":"1","environment_name":"e","status":"started","extra_metadata":{"__proto__":{"a":1},"constructor":2}}`;
      const headers = { authorization: `Bearer ${bed.versioner.apiKey}`, 'content-type': 'application/json' };
      const response = await fetch(`${bed.versioner.url}/deployment-events/`, { method: 'POST', headers, body });
      expect(response.status).toBe(201);
      expect(await response.text()).toContain('"__proto__":{"a":1}');
    });
  });

  it('warns of a SHA that is not the version’s, and of checks that were not skipped', async () => {
    const built = { product_name: 'my-service', version: '1.2.3', status: 'completed', scm_sha: 'A'.repeat(40) };
    expect((await bed.pipeline.post('/build-events/', built)).status).toBe(201);
    const warningsOf = async (event: object) => {
      const { body } = await bed.report({ ...event, environment_name: JSON.stringify(event) });
      return (body as { extra_metadata: { preflight_status: { warnings: string[] } } }).extra_metadata.preflight_status
        .warnings;
    };
    expect(await warningsOf({ scm_sha: 'a'.repeat(40) })).toEqual([]);
    expect(await warningsOf({ scm_sha: 'aaaaaaa' })).toEqual([]);
    expect(await warningsOf({ scm_sha: 'b'.repeat(40), skip_preflight_checks: true })).toEqual([
      'skip_preflight_checks was ignored: this API key does not hold the scope preflight:skip',
      `scm_sha ${'b'.repeat(40)} is not the SHA that version 1.2.3 was built from (${'A'.repeat(40)})`,
    ]);
    // Only a build sets a version's SHA, or contradicts it.
    expect(await bed.rows('SELECT scm_sha FROM versions')).toEqual([{ scm_sha: 'A'.repeat(40) }]);
  });

  it('gives its first answer again under an Idempotency-Key', async () => {
    const send = (key: string, event: object) =>
      fetch(`${bed.versioner.url}/deployment-events/`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${bed.versioner.apiKey}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify({
          product_name: 'my-service',
          environment_name: 'production',
          status: 'started',
          ...event,
        }),
      });
    const first = await send('key', { version: '1' });
    const text = await first.text();
    bed.clock.advance(20 * 60_000);
    const again = await send('key', { version: '1' });
    expect([first.status, again.status, await again.text()]).toEqual([201, 201, text]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(await bed.written()).toMatchObject({ deployments: 1, deployment_events: 1 });
    // A repeat by its content has an answer to keep too, though it writes nothing.
    await send('first', { version: '2', status: 'pending' });
    const repeat = await send('second', { version: '2', status: 'pending' });
    const replay = await send('second', { version: '2', status: 'pending' });
    expect([repeat.status, replay.status, replay.headers.get('idempotency-replayed')]).toEqual([200, 200, 'true']);
  });
});
