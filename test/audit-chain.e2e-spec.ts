import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { asSuperuser, sealed, verified } from './support/audit-log.js';
import { createPerson } from './support/create-person.js';
import { full } from './support/full.js';
import { Pipeline } from './support/pipeline.js';
import { runAdmin } from './support/run-admin.js';
import { idOf, useVersioner } from './support/use-versioner.js';

const changes = full(10_000, 200);
const nowhere = { databaseUrl: 'postgres://nobody@127.0.0.1:1/nothing' };

describe('the chain of the audit log', () => {
  const bed = useVersioner();
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'versioner-audit-'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    // Retries at the same instant would be repeats, which change nothing.
    bed.clock.set('2026-03-02T14:00:00.000Z');
  });

  /** By pipelines and people, of every kind, several at a time. */
  async function makeChanges(count: number): Promise<void> {
    const { token } = await createPerson(bed.versioner, 'release_manager');
    const manager = new Pipeline(bed.versioner.url, token);
    const rule = { name: 'pause', type: 'cooldown', status: 'report_only', config: { minutes: 1 } };
    const ruleId = idOf(await bed.admin.post('/deployment-rules/', rule));
    const kinds: readonly ((n: number) => Promise<{ status: number }>)[] = [
      (n) => bed.report({ product_name: `service-${n}`, version: `1.${n}`, environment_name: 'test' }),
      (n) =>
        bed.report({
          product_name: `service-${n % 7}`,
          version: `2.${n}`,
          environment_name: 'qa',
          status: 'completed',
        }),
      (n) => bed.pipeline.post('/build-events/', { product_name: 'web', version: `1.0.${n}`, status: 'completed' }),
      (n) => manager.patch(`/deployment-rules/${ruleId}`, { description: `for the ${n}th time` }),
      (n) => bed.admin.post('/api-keys/', { name: `key ${n}` }),
      (n) => manager.post('/personal-access-tokens/', { name: `token ${n}` }),
    ];
    for (let n = 0; n < count; n += 8) {
      const some = Array.from({ length: Math.min(8, count - n) }, (_, i) => kinds[(n + i) % kinds.length]!(n + i));
      expect((await Promise.all(some)).filter(({ status }) => status !== 200 && status !== 201)).toEqual([]);
    }
  }

  async function exported(
    name: string,
    tamper: (lines: string[]) => string[] = (lines) => lines,
    query = '',
  ): Promise<string> {
    const { body } = await bed.admin.get(`/audit-log/export${query}`);
    const lines = tamper((body as string).split('\n').slice(0, -1));
    const file = join(folder, name);
    await writeFile(file, lines.map((line) => `${line}\n`).join(''));
    return file;
  }

  const numberOf = (line: string | undefined) => (JSON.parse(line ?? '{}') as { seq?: number }).seq;
  const isEntry = (line: string) => line.startsWith('{"type":"entry"');

  it(
    `proves ${changes} mixed changes, and names what a superuser edits and removes`,
    async () => {
      await makeChanges(changes);
      await sealed(bed);
      const before = await verified(bed.admin);
      expect(before).toMatchObject({ complete: true, faults: [], unsealed: 0, unsealed_since: null });
      expect(before.entries).toBe(before.sealed);
      expect(before.entries).toBeGreaterThanOrEqual(changes);
      expect(before.head.seq).toBe(before.entries);

      const [edited, removed] = await bed.rows(
        'SELECT entry_id AS id, seq::int FROM audit_links WHERE seq IN (17, 101) ORDER BY seq',
      );
      await asSuperuser(
        bed,
        `UPDATE audit_log SET after = jsonb_set(coalesce(after, '{}'), '{by}', '"nobody"') WHERE id = '${String(edited!['id'])}'`,
        `DELETE FROM audit_log WHERE id = '${String(removed!['id'])}'`,
      );
      const after = await verified(bed.admin);
      expect(after).toMatchObject({ complete: false, entries: before.entries - 1, fault_count: 2 });
      expect(after.faults).toMatchObject([
        { kind: 'edited', seq: 17, entry_id: edited!['id'] },
        { kind: 'removed', seq: 101, entry_id: removed!['id'] },
      ]);
      const offline = await runAdmin(nowhere, ['audit', 'verify', await exported('superuser.jsonl')]);
      expect(offline).toMatchObject({ code: 1, stderr: '' });
      expect(offline.stdout).toContain('2 faults');
      expect(offline.stdout).toContain(`FAULT edited: seq 17, entry ${String(edited!['id'])}`);
      expect(offline.stdout).toContain(`FAULT removed: seq 101, entry ${String(removed!['id'])}`);
      const online = await runAdmin(bed.versioner, ['audit', 'verify', '--account', 'default']);
      expect([online.code, online.stdout.match(/^FAULT \w+/gm)]).toEqual([1, ['FAULT edited', 'FAULT removed']]);
    },
    full(1_800_000, 120_000),
  );

  it('proves an export without a database, and tells what was done to the file', async () => {
    await makeChanges(24);
    await sealed(bed);
    const { head, keys } = await verified(bed.admin);
    const [key] = keys;
    const whole = await exported('whole.jsonl');
    const known = ['--public-key', key!.public_key, '--expect-head', `${head.seq}:${head.hash}`];
    const sound = await runAdmin(nowhere, ['audit', 'verify', whole, ...known]);
    expect(sound).toMatchObject({ code: 0, stderr: '' });
    expect(sound.stdout).toContain('The audit log of "default": complete');
    expect(sound.stdout).toContain(`Head ${head.seq}:${head.hash}`);

    const told = async (name: string, tamper: (lines: string[]) => string[], ...options: string[]) => {
      const { code, stdout } = await runAdmin(nowhere, ['audit', 'verify', await exported(name, tamper), ...options]);
      return [code, ...(stdout.match(/^FAULT \w+: seq \d+|^FAULT \w+/gm) ?? [])];
    };
    const fifth = (lines: string[]) => lines.findIndex((line) => isEntry(line) && numberOf(line) === 5);
    expect(
      await told('edited.jsonl', (lines) =>
        lines.map((line, i) => (i === fifth(lines) ? line.replace('"actor_kind":"', '"actor_kind":"x') : line)),
      ),
    ).toEqual([1, 'FAULT edited: seq 5']);
    expect(await told('removed.jsonl', (lines) => lines.toSpliced(fifth(lines), 1))).toEqual([
      1,
      'FAULT removed: seq 5',
      'FAULT removed',
    ]);
    expect(
      await told('swapped.jsonl', (lines) => {
        const i = fifth(lines);
        return lines.toSpliced(i, 2, lines[i + 1]!, lines[i]!);
      }),
    ).toEqual([1, 'FAULT reordered: seq 5']);
    const cutOff = await told('truncated.jsonl', (lines) => lines.slice(0, -1));
    expect(cutOff).toEqual([1, `FAULT removed: seq ${head.seq + 1}`]);
    // Who cuts off the end as well as its mention cannot sign what is left.
    const rewritten = await told('rewritten.jsonl', (lines) => {
      const footer = JSON.parse(lines.at(-1)!) as object;
      const kept = lines.slice(0, fifth(lines) + 1);
      const last = JSON.parse(kept.at(-1)!) as { seq: number; hash: string };
      return [...kept, JSON.stringify({ ...footer, entries: 5, seq: 5, hash: last.hash })];
    });
    expect(rewritten).toEqual([1, 'FAULT bad_signature', expect.stringMatching(/^FAULT bad_signature: seq \d$/)]);
    const strange = ['--public-key', Buffer.alloc(32, 7).toString('base64')];
    expect((await told('whole.jsonl', (lines) => lines, ...strange)).slice(0, 2)).toEqual([
      1,
      expect.stringMatching(/^FAULT bad_signature/),
    ]);
  });

  it('calls an export without its beginning a part, which has to be asked for', async () => {
    await makeChanges(8);
    await sealed(bed);
    // A seal more at least.
    await bed.report({ product_name: 'another' });
    await sealed(bed);
    const { head } = await verified(bed.admin);
    const file = await exported('part.jsonl', undefined, `?from_seq=${head.seq}`);
    const unasked = await runAdmin(nowhere, ['audit', 'verify', file]);
    expect(unasked).toMatchObject({ code: 1, stderr: '' });
    const part = /: a part: entries (\d+) to (\d+); nothing is proved of 1 to (\d+)$/m.exec(unasked.stdout);
    const [first, last, unproved] = (part ?? []).slice(1).map(Number);
    expect([last, unproved]).toEqual([head.seq, first! - 1]);
    expect(unproved).toBeGreaterThan(0);
    expect(unasked.stdout).not.toContain('complete');
    expect(await runAdmin(nowhere, ['audit', 'verify', file, '--part'])).toEqual({ ...unasked, code: 0 });
  });

  it('shows nothing of a file that steers the terminal, nor a null', async () => {
    const told = async (name: string, tamper: (lines: string[]) => string[]) =>
      runAdmin(nowhere, ['audit', 'verify', await exported(name, tamper)]);
    await sealed(bed);
    const named = await told('named.jsonl', ([first, ...lines]) => [
      JSON.stringify({ ...(JSON.parse(first!) as object), account: '\u001b]0;x\u0007' }),
      ...lines,
    ]);
    expect(named).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^versioner: [^\n]+ account\.\n$/),
    });
    const strange = await told('strange.jsonl', (lines) =>
      lines.toSpliced(1, 0, '{"type":"seal","\\u001b[2J\\u202e":1}'),
    );
    expect(strange.stdout).toContain('\\u{1b}[2J\\u{202e}');
    expect(strange.stdout).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
    const unsealed = await told('no-seal.jsonl', (lines) => lines.filter((line) => !line.startsWith('{"type":"seal"')));
    expect(unsealed.stdout).toMatch(/^Head \d+:[0-9a-f]{64}$/m);
  });

  it('says so where links are gone, seals are forged, entries are slipped in, or the end is cut off', async () => {
    await makeChanges(16);
    await sealed(bed);
    // A seal more at least.
    await bed.report({ product_name: 'another' });
    await sealed(bed);
    const { head, entries } = await verified(bed.admin);
    const kinds = async (query = '') => (await verified(bed.admin, query)).faults.map(({ kind, seq }) => [kind, seq]);

    await asSuperuser(
      bed,
      'INSERT INTO audit_log SELECT account_id, gen_random_uuid(), at, actor_kind, api_key_id, user_id, address, request_id, action, resource_type, resource_id, before, after FROM audit_log LIMIT 1',
    );
    expect(await kinds()).toEqual([['added', null]]);
    await asSuperuser(
      bed,
      'DELETE FROM audit_log a WHERE NOT EXISTS (SELECT FROM audit_links l WHERE l.entry_id = a.id)',
    );
    expect(await kinds()).toEqual([]);

    await asSuperuser(bed, "UPDATE audit_links SET hash = sha256('x') WHERE seq = 3");
    expect(await kinds()).toEqual(
      expect.arrayContaining([
        ['broken_link', 3],
        ['broken_link', 4],
      ]),
    );
    await asSuperuser(
      bed,
      'DELETE FROM audit_log WHERE id = (SELECT entry_id FROM audit_links WHERE seq = 3)',
      'DELETE FROM audit_links WHERE seq = 3',
    );
    expect(await kinds()).toEqual([['removed', 3]]);

    const end = '(SELECT min(seq) FROM audit_seals)';
    await asSuperuser(
      bed,
      `DELETE FROM audit_log WHERE id IN (SELECT entry_id FROM audit_links WHERE seq > ${end})`,
      `DELETE FROM audit_links WHERE seq > ${end}`,
      `DELETE FROM audit_seals WHERE seq > ${end}`,
    );
    // What is left of a chain that was cut off may be sound: its head must have been kept elsewhere.
    const cut = await verified(bed.admin, `?expect_head=${head.seq}:${head.hash}`);
    expect(cut.faults.at(-1)).toMatchObject({ kind: 'removed', last_seq: entries });
    expect(cut.complete).toBe(false);
  });

  it('says so where an entry was removed before it was sealed', async () => {
    await sealed(bed);
    const [{ id }] = (await bed.rows(
      `INSERT INTO audit_unsealed SELECT account_id, gen_random_uuid() FROM audit_log LIMIT 1 RETURNING entry_id AS id`,
    )) as [{ id: string }];
    await bed.report();
    expect((await verified(bed.admin)).faults).toMatchObject([{ kind: 'removed_before_sealing', entry_id: id }]);
  });

  it('refuses a head of another shape', async () => {
    expect((await bed.admin.get('/audit-log/verify?expect_head=5')).status).toBe(422);
  });
});
