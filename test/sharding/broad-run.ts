import { createApp } from '../../src/app.setup.js';
import { BackgroundJobs } from '../../src/common/background-jobs.js';
import { readEnv } from '../../src/config/env.js';
import type { RunningVersioner } from '../../src/testing/start-versioner.js';
import { TestClock } from '../../src/testing/test-clock.js';
import { PathFiller, readRoutes, type Route } from '../isolation/api-routes.js';
import { expectedPermission } from '../isolation/expected-access.js';
import { bearer, Wire } from '../isolation/wire.js';
import { changeEverything, type SentChange } from '../support/change-everything.js';

/** Goes to every route of the document that a service serves, well and badly, so that it runs every statement it has. */
export class BroadRun {
  /** Requests that were answered 5xx: none. */
  readonly failures: string[] = [];
  private readonly answered = new Set<string>();

  private constructor(
    private readonly versioner: RunningVersioner,
    private readonly wire: Wire,
    private readonly routes: readonly Route[],
    private readonly filler: PathFiller,
  ) {}

  static async on(versioner: RunningVersioner): Promise<BroadRun> {
    const wire = new Wire(versioner.url);
    const all = await readRoutes(wire);
    const routes = all.filter(
      ({ method, path, documented }) => expectedPermission(method, path, documented) !== 'public',
    );
    return new BroadRun(versioner, wire, routes, new PathFiller(wire, all, versioner.adminToken));
  }

  /** Every change once; then every route with every example of its body, and with each query parameter by itself. */
  async run(): Promise<void> {
    await changeEverything((change) => this.change(change), this.versioner.apiKey);
    await this.turn('POST');
    for (const { path } of this.routes) await this.filler.fill(path);
    // What removes comes last.
    for (const method of ['POST', 'GET', 'PUT', 'PATCH', 'DELETE']) await this.turn(method);
    this.wire.close();
  }

  /** Routes that have answered nothing but refusals: none. */
  unanswered(): string[] {
    return this.routes.map(({ method, path }) => `${method} ${path}`).filter((route) => !this.answered.has(route));
  }

  private async turn(turn: string): Promise<void> {
    for (const route of this.routes.filter(({ method }) => method === turn)) await this.visit(route);
  }

  private async visit(route: Route): Promise<void> {
    const path = (await this.filler.fill(route.path)) + (await this.filler.query(route));
    const name = `${route.method} ${route.path}`;
    for (const body of route.examples.length === 0 ? [undefined] : route.examples) {
      for (const as of [this.versioner.apiKey, this.versioner.adminToken]) await this.send(name, path, as, body);
    }
    if (route.method !== 'GET') return;
    for (const parameter of route.queryParameters) {
      for (const value of await this.valuesFor(parameter)) {
        const added = `${parameter.name}=${encodeURIComponent(value)}`;
        await this.send(name, `${path}${path.includes('?') ? '&' : '?'}${added}`, this.versioner.adminToken);
      }
    }
  }

  private async valuesFor({ name, schema }: Route['queryParameters'][number]): Promise<string[]> {
    const given = [schema.example, schema.enum?.[0], schema.items?.enum?.[0]].filter((value) => value !== undefined);
    const moments = schema.format === 'date-time' ? ['2026-01-01T00:00:00Z', new Date().toISOString()] : [];
    return [
      ...given.map(String),
      ...moments,
      ...(await this.filler.idsFor(name)),
      'my-service',
      'production',
      'true',
      '1',
    ];
  }

  private async change({
    route,
    path,
    body,
    as = this.versioner.adminToken,
  }: SentChange): Promise<Record<string, string>> {
    const [, pattern = ''] = route.split(' ');
    const answer = await this.send(route, path ?? pattern, as, body);
    return answer === '' ? {} : (JSON.parse(answer) as Record<string, string>);
  }

  private async send(route: string, path: string, as: string, body?: object): Promise<string> {
    const [method = ''] = route.split(' ');
    const sent = { method, path, headers: bearer(as), ...(body === undefined ? {} : { body }) };
    const answer = await this.wire.send(sent);
    if (answer.status < 300) this.answered.add(route);
    if (answer.status >= 500) this.failures.push(`${method} ${path}: ${answer.status} ${answer.body}`);
    return answer.body;
  }
}

/** Everything that a replica does beside the requests, once, at that moment; answers what that was. */
export async function runBackgroundJobs(databaseUrl: string, at: Date): Promise<string[]> {
  const clock = new TestClock();
  clock.set(at);
  const given = { DATABASE_URL: databaseUrl, DATABASE_PREPARED: process.env['DATABASE_PREPARED'], LOG_LEVEL: 'silent' };
  const app = await createApp({ env: readEnv(given), clock, databaseUrl });
  await app.init();
  try {
    // All there are, whatever their interval: nobody has to add a new one here.
    const owner: unknown = app.get(BackgroundJobs, { strict: false });
    const { jobs } = owner as {
      readonly jobs: readonly { readonly name: string; readonly task: () => Promise<void> }[];
    };
    for (const { task } of jobs) await task();
    return jobs.map(({ name }) => name);
  } finally {
    await app.close();
  }
}
