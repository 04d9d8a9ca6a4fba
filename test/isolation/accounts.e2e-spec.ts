import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type RunningVersioner, startVersioner } from '../../src/testing/start-versioner.js';
import { createAccount } from '../support/create-account.js';
import { createPerson } from '../support/create-person.js';
import { createStranger } from '../support/create-stranger.js';
import { query } from '../support/database-of.js';
import { nobodysId, PathFiller, readRoutes, type Route } from './api-routes.js';
import { atOnce } from './at-once.js';
import { expectedPermission } from './expected-access.js';
import { bearer, tell, Wire, type WireAnswer } from './wire.js';

/** Stands in every name that the first account gives. */
const marker = 'planted-in-the-first-account';
const uuids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

interface Stranger {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Two accounts in one service: what one has is not there for the other, on any route. */
describe('another account, on every route', () => {
  let versioner: RunningVersioner;
  let wire: Wire;
  let routes: readonly Route[];
  /** Of the first account, and of the other. */
  let first: PathFiller;
  let other: PathFiller;
  let strangers: readonly Stranger[];
  /** Everything by which the first account could be recognised. */
  let known: ReadonlySet<string>;
  let rowsBefore: Readonly<Record<string, string>>;
  const idempotencyKey = randomUUID();

  beforeAll(async () => {
    versioner = await startVersioner({ env: { RATE_LIMIT_PER_MINUTE: '0' } });
    wire = new Wire(versioner.url);
    routes = (await readRoutes(wire)).filter(
      ({ method, path, documented }) => expectedPermission(method, path, documented) !== 'public',
    );
    first = new PathFiller(wire, routes, versioner.adminToken, (example) => dress(example, marker));
    await fillAccount(first, versioner.adminToken, marker);

    const admin = await createStranger(versioner);
    other = new PathFiller(wire, routes, admin, (example) => dress(example, 'ours'));
    await fillAccount(other, admin, 'ours');
    const viewer = await createPerson({ ...versioner, adminToken: admin }, 'viewer');
    const key = await create('/api-keys/', { name: 'all', scopes: ['events:write', 'read', 'preflight:skip'] }, admin);
    strangers = [
      { name: 'admin', headers: bearer(admin) },
      { name: 'viewer', headers: bearer(viewer.token) },
      { name: 'key', headers: bearer((key as { key: string }).key) },
    ];

    known = await whatIsKnown();
    rowsBefore = await rowsOfFirst();
  }, 60_000);

  afterAll(async () => {
    wire?.close();
    await versioner?.stop();
  }, 60_000);

  it('has something to hide: every kind of thing, by id and by name', () => {
    expect(known.size).toBeGreaterThan(15);
    expect(Object.keys(rowsBefore).length).toBeGreaterThan(10);
  });

  it('answers an id of the first account as one that nobody has, to the byte', async () => {
    const differences: string[] = [];
    const withIds = routes.filter(({ path }) => path.includes('{'));
    await atOnce(
      withIds.flatMap((route) => strangers.map((by) => ({ route, by }))),
      async ({ route, by }) => {
        const name = `${route.method} ${route.path} as ${by.name}`;
        const theirs = await first.fill(route.path);
        const etag = await etagOf(theirs);
        const forged = [theirs, await mixed(route.path)].filter((path) => path !== null);
        for (const path of forged) {
          const nobodys = path === theirs ? theirs.replace(uuids, nobodysId) : path.replace(/[^/]+$/, nobodysId);
          const conditions: readonly Record<string, string>[] = [{}, { 'If-Match': etag }, { 'If-None-Match': etag }];
          for (const condition of conditions) {
            const body = bodyOf(route);
            const headers = { ...by.headers, ...condition };
            const got = await wire.send({ method: route.method, path, headers, ...body });
            const expected = await wire.send({ method: route.method, path: nobodys, headers, ...body });
            if (tell(got) !== tell(expected))
              differences.push(`${name}: ${brief(got)}, for nobody's id ${brief(expected)}`);
            // 403 for who may not do this at all; whoever may must be told that there is no such thing.
            if (by.name === 'admin' && got.status !== 404) differences.push(`${name}: ${brief(got)} and not 404`);
          }
        }
      },
    );
    expect(differences).toEqual([]);
  }, 300_000);

  it('shows nothing of the first account, whatever is asked for', async () => {
    const differences: string[] = [];
    const reads = routes.filter(({ method }) => method === 'GET');
    await atOnce(
      reads.flatMap((route) => strangers.map((by) => ({ route, by }))),
      async ({ route, by }) => {
        const plain = (await other.fill(route.path)) + (await other.query(route));
        const asked = async (parameter?: string, value = '') => {
          const added = parameter === undefined ? '' : `${parameter}=${encodeURIComponent(value)}`;
          const path = added === '' ? plain : `${plain}${plain.includes('?') ? '&' : '?'}${added}`;
          const answer = await wire.send({ method: 'GET', path, headers: by.headers });
          const seen = seenIn(answer).filter((one) => one !== value);
          if (seen.length > 0) differences.push(`GET ${path} as ${by.name}: shows ${seen.join(', ')}`);
          return answer;
        };
        await asked();
        if (by.name !== 'admin') return;
        for (const { name } of route.queryParameters) {
          if (name === 'cursor') {
            await asked(name, await cursorOf(route));
            continue;
          }
          const ofNobody = { [marker]: await asked(name, 'called-by-nobody'), id: await asked(name, nobodysId) };
          for (const value of [...(await first.idsFor(name)), marker]) {
            const answer = await asked(name, value);
            const [unknown, expected] =
              value === marker ? ['called-by-nobody', ofNobody[marker]] : [nobodysId, ofNobody.id];
            if (masked(answer, value) === masked(expected, unknown)) continue;
            differences.push(`GET ${plain} as ${by.name}, ${name}=${value}: ${brief(answer)}, else ${brief(expected)}`);
          }
        }
      },
    );
    expect(differences).toEqual([]);
  }, 300_000);

  it('does not act on what a body names of the first account', async () => {
    const differences: string[] = [];
    const tries: { route: Route; field: string; id: string }[] = [];
    for (const route of routes) {
      for (const field of fieldsOf(route)) {
        for (const id of await first.idsFor(field)) tries.push({ route, field, id });
      }
    }
    const tryOne = async ({ route, field, id }: (typeof tries)[number]): Promise<void> => {
      const example = dress(route.examples[0]!, 'ours') as Record<string, unknown>;
      const body = { ...example, [field]: Array.isArray(example[field]) ? [id] : id };
      const path = await other.fill(route.path);
      const answer = await wire.send({ method: route.method, path, headers: strangers[0]!.headers, body });
      // The id may come back, as a name that somebody gave. What it stands for in the first account may not.
      if (answer.status < 500 && !tell(answer).includes(marker)) return;
      differences.push(`${route.method} ${route.path} with ${field}: ${id}: ${brief(answer)}`);
    };
    await atOnce(tries, tryOne, 4);
    for (const route of routes.filter(({ method }) => method === 'GET')) {
      const path = (await other.fill(route.path)) + (await other.query(route));
      const answer = await wire.send({ method: 'GET', path, headers: strangers[0]!.headers });
      if (tell(answer).includes(marker)) differences.push(`GET ${path} afterwards: ${brief(answer)}`);
    }
    expect(differences).toEqual([]);
  }, 300_000);

  it('replays nothing of the first account under the same Idempotency-Key', async () => {
    const differences: string[] = [];
    const { adminToken } = await createAccount(versioner, 'third');
    const posts = routes.filter(({ method, path }) => method === 'POST' && !path.includes('{'));
    for (const route of posts) {
      const headers = { ...bearer(adminToken), 'Idempotency-Key': idempotencyKey };
      const answer = await wire.send({ method: 'POST', path: route.path, headers, ...bodyOf(route) });
      const seen = seenIn(answer).filter((one) => one !== marker);
      if (answer.headers['idempotency-replayed'] === undefined && seen.length === 0) continue;
      differences.push(`POST ${route.path}: ${brief(answer)}`);
    }
    expect(differences).toEqual([]);
  });

  it('has left every row of the first account as it was', async () => {
    expect(await rowsOfFirst()).toEqual(rowsBefore);
  });

  /** Makes one of everything: by pipelines, by every collection's POST, and on the way to every id. */
  async function fillAccount(filler: PathFiller, token: string, word: string): Promise<void> {
    const key = idempotencyKey;
    const posts = routes.filter(({ method, path }) => method === 'POST' && !path.includes('{'));
    const reports = posts.filter(({ path }) => path.endsWith('-events/'));
    for (const route of [...reports, ...posts.filter((one) => !reports.includes(one))]) {
      const headers = { ...bearer(token), ...(word === marker ? { 'Idempotency-Key': key } : {}) };
      const body = route.examples.length === 0 ? {} : { body: dress(route.examples[0]!, word) };
      const answer = await wire.send({ method: 'POST', path: route.path, headers, ...body });
      if (answer.status >= 500) throw new Error(`POST ${route.path}: ${brief(answer)}`);
    }
    for (const { path } of routes) await filler.fill(path);
  }

  async function create(path: string, body: object, token: string): Promise<unknown> {
    const answer = await wire.send({ method: 'POST', path, headers: bearer(token), body });
    if (answer.status !== 201) throw new Error(`POST ${path}: ${brief(answer)}`);
    return JSON.parse(answer.body);
  }

  function bodyOf({ method, examples: [example] }: Route): { body?: object } {
    if (method === 'GET' || method === 'DELETE') return {};
    return example === undefined ? {} : { body: dress(example, marker) };
  }

  /** Ids of the other account all the way, and of the first only at the end; null where there is only one. */
  async function mixed(path: string): Promise<string | null> {
    const end = path.lastIndexOf('/{');
    if (!path.slice(0, end).includes('{') || !path.endsWith('}')) return null;
    const last = (await first.fill(path)).split('/').at(-1)!;
    return `${await other.fill(path.slice(0, end))}/${last}`;
  }

  async function etagOf(path: string): Promise<string> {
    const { headers } = await wire.send({ method: 'GET', path, headers: bearer(versioner.adminToken) });
    return headers.etag ?? '"none"';
  }

  async function cursorOf(route: Route): Promise<string> {
    const path = (await first.fill(route.path)) + (await first.query(route));
    const separator = path.includes('?') ? '&' : '?';
    const asked = { method: 'GET', path: `${path}${separator}limit=1`, headers: bearer(versioner.adminToken) };
    const link = String((await wire.send(asked)).headers['link'] ?? '');
    return decodeURIComponent(/cursor=([^&>]+)/.exec(link)?.[1] ?? 'none');
  }

  /** All ids that the first account's admin is shown, and what its names have in common. */
  async function whatIsKnown(): Promise<ReadonlySet<string>> {
    const found = new Set([marker]);
    for (const route of routes.filter(({ method }) => method === 'GET')) {
      const path = (await first.fill(route.path)) + (await first.query(route));
      const { body } = await wire.send({ method: 'GET', path, headers: bearer(versioner.adminToken) });
      for (const id of body.match(uuids) ?? []) found.add(id);
    }
    return found;
  }

  function seenIn(answer: WireAnswer): string[] {
    const told = tell(answer);
    const ids = (told.match(uuids) ?? []).filter((id) => known.has(id));
    return [...new Set([...ids, ...(told.includes(marker) ? [marker] : [])])];
  }

  /** A fingerprint of the first account's rows of every table, but for what the service writes by itself. */
  async function rowsOfFirst(): Promise<Record<string, string>> {
    const tables = await query<{ table_name: string }>(
      versioner,
      `SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
       WHERE c.table_schema = 'public' AND c.column_name = 'account_id' AND t.table_type = 'BASE TABLE'
         AND c.table_name NOT IN ('audit_links', 'audit_seals', 'audit_signing_keys', 'audit_unsealed') ORDER BY 1`,
    );
    const prints: Record<string, string> = {};
    for (const { table_name: table } of tables) {
      const [row] = await query<{ print: string; rows: number }>(
        versioner,
        `SELECT count(*)::int AS rows, md5(coalesce(string_agg(line, E'\\n' ORDER BY line), '')) AS print FROM (
           SELECT (to_jsonb(t) - 'last_used_at')::text AS line FROM ${table} t
           WHERE account_id = (SELECT id FROM accounts WHERE slug = 'default')) AS lines`,
      );
      if (row!.rows > 0) prints[table] = `${row!.rows} ${row!.print}`;
    }
    return prints;
  }
});

/** An example with names of one account: whatever a person may call as they like begins with the word. */
function dress(example: object, word: string): object {
  const free = /^(name|reason|comments|description|product|product_name|products)$/;
  const dressed = Object.entries(example).map(([key, value]): [string, unknown] => {
    if (key === 'email') return [key, `${word}@example.com`];
    if (!free.test(key)) return [key, value];
    if (Array.isArray(value)) return [key, value.map((one) => (typeof one === 'string' ? word : one))];
    return [key, typeof value === 'string' ? word : value];
  });
  return Object.fromEntries(dressed);
}

/** The fields of a body that could name something: texts, and lists of texts. */
function fieldsOf({ examples: [example] }: Route): string[] {
  const names = ([, value]: [string, unknown]) =>
    typeof (Array.isArray(value) ? (value[0] as unknown) : value) === 'string';
  return Object.entries(example ?? {})
    .filter(names)
    .map(([field]) => field);
}

function masked(answer: WireAnswer, value: string): string {
  return tell(answer).replaceAll(encodeURIComponent(value), '…').replaceAll(value, '…');
}

function brief({ status, body }: WireAnswer): string {
  return `${status} ${body.slice(0, 300)}`;
}
