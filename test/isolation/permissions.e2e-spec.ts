import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningVersioner, startVersioner } from '../../src/testing/start-versioner.js';
import { audience, OidcIssuer } from '../support/oidc-issuer.js';
import { nobodysId, PathFiller, readRoutes, type Route } from './api-routes.js';
import { atOnce } from './at-once.js';
import { type Presented, presentAll } from './credentials.js';
import { expectedPermission, isOpenToNarrowed, letsIn } from './expected-access.js';
import { bearer, tell, Wire, type WireAnswer } from './wire.js';

const unauthorized = '{"detail":"Invalid authentication credentials"}';
const forbidden = '{"detail":"You do not have permission to perform this action"}';
/** No route knows it, so whoever is let in is answered 422, and nothing has happened. */
const unknownParameter = 'walk_of_all_routes=1';
const everyMethod = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];

describe('every route, with every kind of credential', () => {
  let issuer: OidcIssuer;
  let versioner: RunningVersioner;
  let wire: Wire;
  let filler: PathFiller;
  let routes: readonly Route[];
  let presented: readonly Presented[];

  beforeAll(async () => {
    // Failures are limited per address, and all of these come from one.
    issuer = await OidcIssuer.start();
    versioner = await startVersioner({
      env: {
        RATE_LIMIT_PER_MINUTE: '0',
        OIDC_ISSUER: issuer.url,
        OIDC_AUDIENCE: audience,
        OIDC_GROUPS_CLAIM: 'groups',
        OIDC_GROUP_ROLES: '{"sres": "sre"}',
      },
    });
    wire = new Wire(versioner.url);
    routes = await readRoutes(wire);
    await plant();
    presented = await presentAll(versioner, wire, issuer);
    filler = new PathFiller(wire, routes, versioner.adminToken);
  }, 60_000);

  afterAll(async () => {
    wire?.close();
    await versioner?.stop();
    await issuer?.goAway();
  }, 60_000);

  /** What pipelines alone create; the rest the filler makes, as people do. Both by the examples of the document. */
  async function plant(): Promise<void> {
    for (const path of ['/build-events/', '/deployment-events/']) {
      const body = routes.find((route) => route.path === path)!.examples[0];
      const answer = await wire.send({ method: 'POST', path, headers: bearer(versioner.apiKey), body });
      expect(answer.status).toBeLessThan(300);
    }
  }

  const guarded = () =>
    routes.filter(({ method, path, documented }) => {
      return expectedPermission(method, path, documented) !== 'public';
    });

  it('asks for what the specification says', () => {
    const asked = routes.map(({ method, path, documented }) => [`${method} ${path}`, documented]);
    const expected = routes.map((route) => [
      `${route.method} ${route.path}`,
      expectedPermission(route.method, route.path, route.documented),
    ]);
    expect(asked).toEqual(expected);
  });

  it('answers 401, 403, or lets in, as the table says', async () => {
    const differences: string[] = [];
    const refusals = await referenceRefusals();
    const before = wire.count;
    const tried = [...routes].flatMap((route) => presented.map((by) => ({ route, by })));
    await atOnce(tried, async ({ route, by }) => {
      const asked = expectedPermission(route.method, route.path, route.documented);
      if (asked === 'public') {
        differences.push(...(await differsFromNobody(route, by)));
        return;
      }
      const probe = await wire.send(await request(route, by, unknownParameter));
      differences.push(...judge(`${route.method} ${route.path} as ${by.name}`, probe, outcome(route, by), refusals));
      if (by.held === null) return;
      const real = await wire.send(await harmless(route, by));
      differences.push(
        ...judgeReal(`${route.method} ${route.path} as ${by.name}, for real`, real, route, by, refusals),
      );
    });
    process.stdout.write(
      `${routes.length} routes × ${presented.length} credentials: ${wire.count - before} requests, ${differences.length} differences\n`,
    );
    expect(differences).toEqual([]);
  }, 300_000);

  it('knows no other method, and no way to pass for one', async () => {
    const differences: string[] = [];
    const paths = [...new Set(routes.map(({ path }) => path))];
    await atOnce(paths, async (path) => {
      // A word may stand where another route has an id: `/deployment-rules/violations`, `/deployment-rules/{id}`.
      const known = routes.filter((route) => serves(route, path)).map(({ method }) => method);
      const allowed = [...new Set([...known, ...(known.includes('GET') ? ['HEAD'] : [])])].sort();
      const filled = await fill({ method: known[0]!, path });
      for (const method of everyMethod.filter((one) => !allowed.includes(one))) {
        const headers = bearer(versioner.adminToken);
        const refused = await wire.send({ method, path: filled, headers });
        if (refused.status !== 405 || refused.headers.allow !== allowed.join(', ')) {
          differences.push(`${method} ${path}: ${brief(refused)} and not 405 with Allow: ${allowed.join(', ')}`);
        }
        const stranger = await wire.send({ method, path: filled });
        if (stranger.status !== 401) differences.push(`${method} ${path} without a credential: ${stranger.status}`);
      }
      if (!routes.some((route) => route.path === path && route.method === 'GET')) return;
      for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
        const plain = await wire.send({ method: 'GET', path: filled });
        const posing = await wire.send({ method: 'GET', path: filled, headers: { [name]: 'DELETE' } });
        if (tell(plain) !== tell(posing)) differences.push(`GET ${path} with ${name}: ${brief(posing)}`);
      }
    });
    expect(differences).toEqual([]);
  }, 300_000);

  it('answers HEAD as GET, to whoever may GET', async () => {
    const differences: string[] = [];
    const gets = guarded().filter(({ method }) => method === 'GET');
    const callers = new Map(presented.map((by) => [by.held === null ? 'nobody' : [...by.held].join(), by]));
    await atOnce(
      gets.flatMap((route) => [...callers.values()].map((by) => ({ route, by }))),
      async ({ route, by }) => {
        const sent = await request(route, by, unknownParameter);
        const [got, head] = [await wire.send(sent), await wire.send({ ...sent, method: 'HEAD' })];
        if (head.status !== got.status || head.body !== '') {
          differences.push(`HEAD ${route.path} as ${by.name}: ${brief(head)}`);
        }
      },
    );
    expect(differences).toEqual([]);
  }, 300_000);

  it('tells nobody without a credential which routes there are', async () => {
    const differences: string[] = [];
    const { unauthorized: reference } = await referenceRefusals();
    await atOnce(
      ['/', '/nowhere', '/users/nowhere/at/all', '/metrics', '/.env', '/admin', '//api-keys'],
      async (path) => {
        for (const by of presented.filter(({ held }) => held === null)) {
          const separator = by.query === undefined ? '' : `?${by.query}`;
          const answer = await wire.send({ method: 'GET', path: path + separator, headers: by.headers });
          if (tell(answer) !== reference) differences.push(`GET ${path} as ${by.name}: ${brief(answer)}`);
        }
      },
    );
    expect(differences).toEqual([]);
  });

  /** What the two refusals look like, to the byte, headers too; that they are the documented ones is held here. */
  async function referenceRefusals(): Promise<Refusals> {
    const viewer = presented.find(({ name }) => name === 'viewer, a person')!;
    const nobody = await wire.send({ method: 'GET', path: '/account/' });
    expect([nobody.status, nobody.body, nobody.headers['www-authenticate']]).toEqual([401, unauthorized, 'Bearer']);
    const refused = await wire.send({ method: 'GET', path: '/users/', headers: viewer.headers });
    // Where even this is no refusal, the walk says of which routes none is.
    const isRefused = refused.status === 403 && refused.body === forbidden;
    return { unauthorized: tell(nobody), forbidden: isRefused ? tell(refused) : '403' };
  }

  async function fill({ method, path }: Pick<Route, 'method' | 'path'>): Promise<string> {
    if (!path.includes('{')) return path;
    // Of what is public the service must tell no more to one than to another, whether or not it is there.
    if (expectedPermission(method, path, '') === 'public') return path.replace(/\{[^}]+\}/g, 'anything');
    return filler.fill(path);
  }

  async function request(route: Route, by: Presented, ...query: string[]) {
    const search = [...query, ...(by.query === undefined ? [] : [by.query])].join('&');
    const path = (await fill(route)) + (search === '' ? '' : `?${search}`);
    return { method: route.method, path, headers: by.headers };
  }

  /** A request like any other, but one that changes nothing that others here need. */
  async function harmless(route: Route, by: Presented) {
    const query = (await filler.query(route)).slice(1);
    const sent = await request(route, by, ...(query === '' ? [] : [query]));
    if (route.method === 'GET') return sent;
    const headers = { ...sent.headers, ...(route.takesIfMatch ? { 'If-Match': '"of another state"' } : {}) };
    if (route.method !== 'DELETE') return { ...sent, headers, body: {} };
    return { ...sent, headers, path: sent.path.replace(/[0-9a-f-]{36}(?=$|\?)/, nobodysId) };
  }

  async function differsFromNobody(route: Route, by: Presented): Promise<string[]> {
    const path = await fill(route);
    const plain = await wire.send({ method: route.method, path });
    const same = await wire.send({ method: route.method, path, headers: by.headers });
    if (by.opens === route.path) {
      return same.status === 422 ? [] : [`${route.method} ${route.path} as ${by.name}: ${brief(same)}`];
    }
    return tell(plain) === tell(same)
      ? []
      : [`${route.method} ${route.path} as ${by.name}: not as for nobody, ${brief(same)}`];
  }
});

interface Refusals {
  readonly unauthorized: string;
  readonly forbidden: string;
}

type Outcome = 'unauthorized' | 'forbidden' | 'let in';

function outcome({ method, path, documented }: Route, { held, narrowed }: Presented): Outcome {
  if (held === null) return 'unauthorized';
  if (narrowed === true && !isOpenToNarrowed(method, path)) return 'forbidden';
  return letsIn(expectedPermission(method, path, documented), held) ? 'let in' : 'forbidden';
}

/** Of a request with a parameter that no route knows: who is let in is told so, and only that. */
function judge(name: string, answer: WireAnswer, expected: Outcome, refusals: Refusals): string[] {
  if (expected !== 'let in') {
    return tell(answer) === refusals[expected] ? [] : [`${name}: should be ${expected}, was ${brief(answer)}`];
  }
  const isLetIn = answer.status === 422 && answer.body.includes('walk_of_all_routes');
  return isLetIn ? [] : [`${name}: should be let in, was ${brief(answer)}`];
}

/** Of a request as a client would send it. */
function judgeReal(name: string, answer: WireAnswer, route: Route, by: Presented, refusals: Refusals): string[] {
  const expected = outcome(route, by);
  if (expected !== 'let in') return judge(name, answer, expected, refusals);
  return isGood(answer, route, by) ? [] : [`${name}: should be let in, was ${brief(answer)}`];
}

/** Whether a request that the guards let pass was answered as it must be. */
function isGood({ status }: WireAnswer, { method, path, documented }: Route, by: Presented): boolean {
  const mayBe403 =
    by.narrowed === true || (method !== 'GET' && expectedPermission(method, path, documented) === 'authenticated');
  if (status === 401 || status >= 500 || (status === 403 && !mayBe403)) return false;
  if (method !== 'GET' || by.narrowed === true || by.name.startsWith('another account')) return true;
  // Everybody has tokens; those of others are there for whoever may change people.
  const isAnothers = path.startsWith('/personal-access-tokens/{id}') && by.held?.has('users:write') !== true;
  return status === (isAnothers ? 404 : 200);
}

function serves({ path: pattern }: Route, path: string): boolean {
  const expression = pattern.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+');
  return new RegExp(`^${expression.replace(/\/$/, '')}/?$`).test(path);
}

function brief({ status, body }: WireAnswer): string {
  return `${status} ${body.slice(0, 300)}`;
}
