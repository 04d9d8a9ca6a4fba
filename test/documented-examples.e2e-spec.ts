import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { PathFiller, readRoutes, type Route } from './isolation/api-routes.js';
import { bearer, Wire } from './isolation/wire.js';

interface Parameter {
  readonly name: string;
  readonly example?: unknown;
  readonly examples?: unknown;
  readonly schema?: { readonly example?: unknown };
}

interface Document {
  readonly paths: Record<string, Record<string, { readonly parameters?: readonly Parameter[] }>>;
  readonly components: { readonly parameters: Record<string, Parameter> };
}

/** A secret that was shown once, and all environments of the account in their order: no example can know them. */
const namesWhatMustBeThere = ['/invitations/accept', '/environments/order'];

/** Whoever opens /docs presses "Try it out" and sends what stands there. */
describe('what the documentation pages offer to send', () => {
  let versioner: RunningVersioner;
  let wire: Wire;
  let routes: readonly Route[];

  beforeAll(async () => {
    versioner = await startVersioner();
    wire = new Wire(versioner.url);
    routes = await readRoutes(wire);
  }, 60_000);

  afterAll(async () => {
    wire?.close();
    await versioner?.stop();
  }, 60_000);

  /** Swagger UI takes these, in this order, into the field of a parameter; a default changes nothing. */
  it('is no parameter: their fields are empty, or hold what counts anyway', async () => {
    const document = JSON.parse((await wire.send({ method: 'GET', path: '/openapi.json' })).body) as Document;
    const declared = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.values(item).flatMap(({ parameters = [] }) => parameters.map((one) => ({ path, ...one }))),
    );
    const all = [
      ...declared,
      ...Object.entries(document.components.parameters).map(([path, one]) => ({ path, ...one })),
    ];
    expect(all.length).toBeGreaterThan(50);
    const prefilled = all.filter(({ example, examples, schema }) => example ?? examples ?? schema?.example);
    expect(prefilled.map(({ path, name }) => `${name} of ${path}`)).toEqual([]);
  });

  it('is every body, once the first deployment was reported: it is accepted as it stands', async () => {
    // Examples grow old: a moment that must lie ahead may not stand in one.
    versioner.clock.set('2099-03-02T14:00:00.000Z');
    const filler = new PathFiller(wire, routes, versioner.adminToken);
    const withBody = routes.filter(({ examples, path }) => examples.length > 0 && !namesWhatMustBeThere.includes(path));
    const isReport = ({ path }: Route) => path.endsWith('-events/');
    const refused: string[] = [];
    for (const { path, examples } of withBody.filter(isReport)) {
      const reported = { method: 'POST', path, headers: bearer(versioner.adminToken), body: examples[0] };
      expect((await wire.send(reported)).status).toBeLessThan(300);
    }
    for (const route of withBody) await filler.fill(route.path);
    for (const route of withBody) {
      const path = await filler.fill(route.path);
      for (const body of route.examples) {
        const answer = await wire.send({ method: route.method, path, headers: bearer(versioner.adminToken), body });
        // 409: a name that another example has taken.
        if (answer.status >= 400 && answer.status !== 409)
          refused.push(`${route.method} ${route.path}: ${answer.body}`);
      }
    }
    expect(refused).toEqual([]);
  });
});
