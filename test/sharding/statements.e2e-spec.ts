import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type RunningVersioner, startVersioner } from '../../src/testing/start-versioner.js';
import { createTestDatabase, dropTestDatabase } from '../../src/testing/test-database.js';
import { createAccount } from '../support/create-account.js';
import { Pipeline } from '../support/pipeline.js';
import { runCommand } from '../support/run-admin.js';
import { audience, OidcIssuer } from '../support/oidc-issuer.js';
import { readAccountTables } from './account-tables.js';
import { type AccountTables, accountUses } from './account-uses.js';
import { BroadRun, runBackgroundJobs } from './broad-run.js';
import { sendEveryKindOfEvent } from './event-kinds.js';
import { exceptions } from './exceptions.js';
import { RecordingDatabase } from './recording-database.js';

const dayMs = 86_400_000;

/** What runs meanwhile, about once a second or less, whatever the number of events. */
const besideTheEventPath = [
  // Credentials: their look-up, and the record of their use.
  /WITH ORDINALITY AS asked \(kind, account_slug, hash, n\)/,
  /^WITH used AS \( SELECT u\.account_id, u\.id/,
  // The sealing of the audit log.
  /audit_unsealed|audit_signing_keys|audit_links|audit_seals/,
];

describe('every statement that the service runs', () => {
  let database: RecordingDatabase;
  let issuer: OidcIssuer;
  let versioner: RunningVersioner;
  let tables: AccountTables;

  beforeAll(async () => {
    [database, issuer] = await Promise.all([RecordingDatabase.start(), OidcIssuer.start()]);
    // Migrations are not what this is about.
    const migrated = await createTestDatabase(database.url);
    const client = new pg.Client({ connectionString: migrated });
    await client.connect();
    tables = await readAccountTables(client);
    await client.end();
    await dropTestDatabase(database.url, migrated);
    await database.forget();
    const env = { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: audience, RATE_LIMIT_PER_MINUTE: '0' };
    versioner = await startVersioner({ databaseUrl: database.url, env });
  }, 120_000);

  afterAll(async () => {
    await versioner?.stop();
    await issuer?.goAway();
    await database?.remove();
  }, 60_000);

  const folded = (text: string) =>
    text
      .replace(/--[^\n]*/g, '')
      .replace(/\s+/g, ' ')
      .trim();

  async function command(words: string[], databaseUrl = versioner.databaseUrl): Promise<void> {
    const { code, stderr } = await runCommand({ databaseUrl }, words);
    if (code !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
  }

  /** Signing on, and what needs no request: the operator's commands, and what goes on by itself, now and in a year. */
  async function doTheRest(): Promise<void> {
    issuer.accounts.set('mona', { token: {}, userinfo: { email: 'mona@example.com', email_verified: true } });
    const token = await issuer.signOn('mona');
    await fetch(`${versioner.url}/me`, { headers: { Authorization: `Bearer ${token}` } });

    const admin = new Pipeline(versioner.url, versioner.adminToken);
    const feed = async (kind: string, path: string): Promise<void> => {
      const { token } = (await admin.post('/feed-tokens/', { kind })).body as { token: string };
      expect((await fetch(`${versioner.url}${path}?token=${token}`)).status).toBe(200);
    };
    await feed('calendar', '/deployment-rules/calendar.ics');
    await feed('badge', '/badges/my-service/production.svg');

    const folder = await mkdtemp(join(tmpdir(), 'versioner-commands-'));
    try {
      const [exported, configuration] = [join(folder, 'account.jsonl'), join(folder, 'versioner.yaml')];
      const answer = await fetch(`${versioner.url}/export`, { headers: bearer(versioner.adminToken) });
      await writeFile(exported, await answer.text());
      await fetch(`${versioner.url}/account/`, {
        method: 'PATCH',
        headers: { ...bearer(versioner.adminToken), 'Content-Type': 'application/json' },
        body: JSON.stringify({ retention: { events_days: 30, checks_days: 30, audit_days: 30 } }),
      });
      const restored = await createTestDatabase(database.url);
      await command(['import', exported], restored);
      await dropTestDatabase(database.url, restored);
      for (const words of [
        ['status'],
        ['account', 'list'],
        ['account', 'create', 'another'],
        ['account', 'reset', 'another'],
        ['token', 'issue'],
        ['export', configuration],
        ['apply', configuration, '--prune'],
        ['retention', 'run', '--dry-run'],
        ['retention', 'run'],
        ['audit', 'verify', '--account', 'default'],
      ])
        await command(words);
      for (const at of [new Date(), new Date(Date.now() + 400 * dayMs)]) {
        expect((await runBackgroundJobs(versioner.databaseUrl, at)).length).toBeGreaterThan(4);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  it('on the event path names one account, always the same, for every table that it uses', async () => {
    const { adminToken } = await createAccount(versioner, 'shipping');
    const made = await new Pipeline(versioner.url, adminToken).post('/api-keys/', { name: 'ci' });
    const { key: apiKey } = made.body as { key: string };
    const sent = new Set<string>();
    const query = jest.spyOn(pg.Client.prototype, 'query');
    const collect = (): void => {
      const calls = query.mock.calls as unknown as [string | { text: string }][];
      for (const [given] of calls) sent.add(folded(typeof given === 'string' ? given : given.text));
      query.mockClear();
    };
    const aside = async (work: () => Promise<void>): Promise<void> => {
      collect();
      await work();
      query.mockClear();
    };
    await sendEveryKindOfEvent({ url: versioner.url, apiKey, adminToken, aside });
    collect();
    query.mockRestore();

    const found: Record<string, string[]> = { 'one account': [], beside: [], 'several accounts': [] };
    for (const text of sent) {
      const ties = new Set((await accountUses(text, tables)).map(({ tie }) => tie));
      if (ties.size === 0) continue;
      const isOfOne = ties.size === 1 && [...ties][0]!.startsWith('$');
      const isBeside = besideTheEventPath.some((pattern) => pattern.test(text));
      found[isBeside ? 'beside' : isOfOne ? 'one account' : 'several accounts']!.push(text);
    }
    expect(found['several accounts']).toEqual([]);
    // Facts with and without what rules need, and the writing of a batch, at the least.
    expect(found['one account']!.length).toBeGreaterThan(3);
  }, 120_000);

  it('names the account for every table that it uses, with few exceptions', async () => {
    const run = await BroadRun.on(versioner);
    await run.run();
    await doTheRest();
    expect(run.failures).toEqual([]);
    expect(run.unanswered()).toEqual([]);

    const statements = await database.statements();
    const unused = new Set(exceptions);
    const loose: string[] = [];
    const touched = new Set<string>();
    for (const { text, isSent } of statements) {
      const uses = await accountUses(text, tables);
      for (const { table } of uses) touched.add(table);
      const named = uses.filter(({ tie }) => tie === 'none').map(({ act, table }) => `${act} ${table}`);
      if (named.length === 0) continue;
      const exception = exceptions.find(({ pattern }) => pattern.test(folded(text)));
      if (exception === undefined)
        loose.push(`${isSent ? '' : 'inside another: '}${named.join(', ')}: ${folded(text)}`);
      else unused.delete(exception);
    }
    process.stdout.write(`${statements.length} statements, ${exceptions.length} exceptions\n`);
    expect(loose).toEqual([]);
    expect([...unused]).toEqual([]);
    // That the run was as broad as it says.
    expect([...tables.keys()].filter((table) => !touched.has(table))).toEqual([]);
    expect(statements.length).toBeGreaterThan(300);
  }, 300_000);
});

function bearer(secret: string): Record<string, string> {
  return { Authorization: `Bearer ${secret}` };
}
