import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomRules } from './support/random-rules.js';
import { applyText, type Ended, runAdmin, runCommand } from './support/run-admin.js';
import { useVersioner } from './support/use-versioner.js';

const bed = useVersioner();
/** A command starts a process of its own. */
const limit = 120_000;

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'versioner-config-'))));
afterAll(async () => rm(folder, { recursive: true, force: true }));

/** In a process of its own. */
const applyInput = async (yaml: string, ...words: string[]): Promise<Ended> => {
  return runAdmin(bed.versioner, ['apply', '-', ...words], yaml);
};
const apply = async (yaml: string, ...words: string[]): Promise<Ended> => applyText(bed.versioner, yaml, words);
const names = async (path: string): Promise<string[]> => {
  return (await bed.admin.list<{ name: string }>(path)).map(({ name }) => name).sort();
};
/** Everything that a file can change, and how often it was. */
const everything = async (): Promise<unknown> => {
  const tables = ['products', 'environments', 'deployment_rules', 'users', 'user_roles', 'audit_log', 'accounts'];
  const rows = tables.map((table) => `(SELECT jsonb_agg(t ORDER BY t::text) FROM ${table} t) AS ${table}`);
  return (await bed.rows(`SELECT ${rows.join(', ')}`))[0];
};

const approval = 'type: approval, config: {required_approvals: 1, approver_roles: [team-lead]}';
const policy = `environments:
  - {name: staging, position: 10}
  - {name: production, position: 20}
products:
  - name: my-service
    metadata: {team: checkout}
rules:
  - {name: four_eyes, environments: [production], ${approval}}
people:
  - {email: lea@example.com, name: Lea, role: developer, approver_roles: [team-lead]}
service_accounts:
  - {name: terraform, role: release_manager}
account:
  rate_limit_per_minute: 5000
`;

describe('apply', () => {
  it(
    'makes what the file says, each change audited, and then finds nothing to do',
    async () => {
      const before = await everything();
      const seen = await applyInput(policy, '--dry-run', '--exit-code');
      expect(seen).toMatchObject({ code: 2, stderr: '' });
      expect(seen.stdout).toMatch(/\n6 to create, 1 to change\. Dry run: nothing was changed\.\n$/);
      expect(await everything()).toEqual(before);

      const done = await applyInput(policy);
      expect(done).toMatchObject({ code: 0, stderr: '' });
      expect(done.stdout).toBe(seen.stdout.replace(/\n6 to create.*\n$/, '\n6 created, 1 changed.\n'));
      const audited = await bed.rows(
        "SELECT action, count(*)::int FROM audit_log WHERE actor_kind = 'operator' GROUP BY 1 ORDER BY 1",
      );
      expect(audited.map(({ action, count }) => `${String(action)} ${String(count)}`)).toEqual([
        'account.updated 1',
        'deployment_rule.created 1',
        'environment.created 2',
        'product.created 1',
        'user.created 2',
      ]);

      const after = await everything();
      expect(await applyInput(policy, '--exit-code')).toEqual({ code: 0, stdout: 'Nothing to do.\n', stderr: '' });
      expect(await everything()).toEqual(after);
    },
    limit,
  );

  it(
    'counts for the next start, without a restart',
    async () => {
      expect(await bed.report()).toMatchObject({ status: 201 });
      expect((await apply(policy)).code).toBe(0);
      expect(await bed.report({ product_name: 'cart', version: '2.0.0' })).toMatchObject({ status: 428 });
      expect((await apply(policy.replace(`${approval}}`, 'status: disabled}'))).stdout).toBe(
        '~ rule "four_eyes"\n    status: enabled → disabled\n\n1 changed.\n',
      );
      expect(await bed.report({ product_name: 'cart', version: '3.0.0' })).toMatchObject({ status: 201 });
    },
    limit,
  );

  it(
    'renames, and no policy is detached',
    async () => {
      expect((await apply(policy)).code).toBe(0);
      const [environment] = await bed.rows("SELECT id FROM environments WHERE name = 'production'");
      const renamed = policy.replace('{name: production, ', '{name: live, aliases: [production], ');
      expect((await apply(renamed)).stdout).toBe(
        '~ environment "production"\n    name: production → live\n    aliases: [] → [production]\n\n1 changed.\n',
      );
      expect(await bed.rows("SELECT id FROM environments WHERE name = 'live'")).toEqual([environment]);
      expect(await bed.report({ environment_name: 'live' })).toMatchObject({ status: 428 });
      expect(await bed.report({ environment_name: 'production' })).toMatchObject({ status: 428 });
      expect((await apply(renamed)).stdout).toBe('Nothing to do.\n');
    },
    limit,
  );

  it(
    'removes what the file does not name only when asked to, and nobody',
    async () => {
      expect((await apply(policy)).code).toBe(0);
      const less = 'environments: [{name: production}]\nproducts: []\nrules: []\npeople: []\nservice_accounts: []\n';
      expect((await apply(less)).stdout).toBe('Nothing to do.\n');
      expect((await apply(less, '--prune')).stdout).toBe(
        '- environment "staging"\n- product "my-service"\n- rule "four_eyes"\n\n3 removed.\n',
      );
      expect(await names('/products/')).toEqual([]);
      expect(await names('/environments/')).toEqual(['production']);
      expect(await names('/deployment-rules/')).toEqual([]);
      expect(await names('/users/')).toEqual(['Admin', 'Lea', 'terraform']);
      expect((await apply(less, '--prune')).stdout).toBe('Nothing to do.\n');
      expect((await apply('products: [{name: my-service}]\n')).stdout).toBe(
        '~ product "my-service"\n    archived: true → false\n\n1 changed.\n',
      );
      expect(await names('/products/')).toEqual(['my-service']);
    },
    limit,
  );
});

describe('a file that is at fault', () => {
  it(
    'is told of every fault with its line, and changes nothing',
    async () => {
      const before = await everything();
      const wrong = policy.replace('role: developer', 'role: chef').replace('required_approvals: 1', 'required: 1');
      expect(await applyInput(wrong)).toEqual({
        code: 1,
        stdout: '',
        stderr: `versioner: 3 faults; nothing was changed:
stdin:8:67: rules[0].config.required_approvals: field required
stdin:8:76: rules[0].config.required: extra fields not permitted
stdin:10:47: people[0].role: value is not a valid enumeration member; permitted: 'admin', 'release_manager', 'product', 'developer', 'sre', 'qa', 'security', 'compliance', 'billing', 'viewer'
`,
      });
      expect(await apply('products:\n\t- name: a\nproducts: []\n')).toMatchObject({
        code: 1,
        stderr: `versioner: 2 faults; nothing was changed:
FILE:2:1: a tab indents this line; allowed: spaces
FILE:3:1: Map keys must be unique
`,
      });
      expect(await everything()).toEqual(before);
    },
    limit,
  );

  it(
    'may write flows in any order, but not in a circle',
    async () => {
      const flow = (name: string, from: string, to: string) =>
        `  - {name: ${name}, type: flow, config: {required_environments: [${from}], target_environment: ${to}}}\n`;
      const there = `rules:\n${flow('one', 'a', 'b')}${flow('two', 'b', 'c')}`;
      expect((await apply(there)).code).toBe(0);
      // One after the other, the first of these would close a circle with what is there still.
      const turned = `rules:\n${flow('one', 'c', 'b')}${flow('two', 'b', 'a')}`;
      expect((await apply(turned)).stdout).toMatch(/\n2 changed\.\n$/);
      const before = await everything();
      expect(await apply(`rules:\n${flow('three', 'a', 'd')}${flow('four', 'd', 'c')}`)).toMatchObject({
        code: 1,
        stderr: `versioner: 1 fault; nothing was changed:
FILE:3:38: rules[1].config: closes a circle in which nothing could ever start: c requires d (this rule), d requires a (three), a requires b (two), b requires c (one)
`,
      });
      expect(await everything()).toEqual(before);
    },
    limit,
  );

  it(
    'leaves everything as it was where the database refuses the last of many changes',
    async () => {
      await bed.rows(`CREATE FUNCTION refuse_boom() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF NEW.name = 'boom' THEN RAISE EXCEPTION 'boom is refused'; END IF; RETURN NEW; END $$`);
      await bed.rows('CREATE TRIGGER refuse_boom BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION refuse_boom()');
      try {
        const before = await everything();
        const { code, stdout, stderr } = await apply(policy.replace('name: terraform', 'name: boom'));
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        expect(stderr).toContain('boom is refused');
        expect(await everything()).toEqual(before);
      } finally {
        await bed.rows('DROP TRIGGER refuse_boom ON users');
        await bed.rows('DROP FUNCTION refuse_boom');
      }
    },
    limit,
  );

  it.each<[what: string, words: string[], line: string]>([
    ['a file that is not there', ['apply', 'none.yaml'], 'none.yaml cannot be read: there is no such file.'],
    ['a folder', ['apply', 'src'], 'src cannot be read: it is a folder.'],
    ['no file', ['apply'], 'FILE is missing: apply FILE.'],
    [
      'an account that is not there',
      ['apply', 'tsconfig.json', '--account', 'nobody'],
      'There is no account "nobody"; "npm run admin -- account list" lists them.',
    ],
    [
      'an account that is not there',
      ['export', '--account', 'nobody'],
      'There is no account "nobody"; "npm run admin -- account list" lists them.',
    ],
    [
      'a folder that is not there',
      ['export', 'none/file.yaml'],
      expect.stringContaining('none/file.yaml cannot be written: ') as unknown as string,
    ],
  ])(
    '%s',
    async (_, words, line) => {
      const { code, stderr } = await runCommand(bed.versioner, words);
      expect({ code, line: stderr.trimEnd().replace('versioner: ', '') }).toEqual({ code: 1, line });
    },
    limit,
  );
});

describe('export', () => {
  it(
    'writes a file that finds nothing to do here, and makes the same account elsewhere',
    async () => {
      await bed.report({ product_name: 'seen', environment_name: 'qa-1' });
      const [rules] = fc.sample(randomRules(2), { seed: 7, numRuns: 1 });
      expect((await apply(JSON.stringify({ rules }))).code).toBe(0);
      expect((await apply(policy)).code).toBe(0);
      const [{ id }] = (await bed.rows("SELECT id FROM environments WHERE name = 'production'")) as [{ id: string }];
      const byId = { name: 'by_id', type: 'cooldown', environments: [id], config: { minutes: 5 } };
      expect(await bed.admin.post('/deployment-rules/', byId)).toMatchObject({ status: 201 });

      const file = join(folder, 'versioner.yaml');
      const written = await runCommand(bed.versioner, ['export', file]);
      expect(written).toMatchObject({ code: 0, stdout: `Wrote the configuration of "default" to ${file}.\n` });
      const text = await readFile(file, 'utf8');
      expect(text).not.toMatch(/(pat|sk)_/);
      expect(text).not.toContain(id);
      expect((await runCommand(bed.versioner, ['apply', file, '--prune'])).stdout).toBe('Nothing to do.\n');

      await runCommand(bed.versioner, ['account', 'create', 'acme', '--email', 'admin@example.com']);
      expect(await runCommand(bed.versioner, ['apply', file, '--account', 'acme'])).toMatchObject({
        code: 0,
        stderr: '',
      });
      const again = join(folder, 'again.yaml');
      await writeFile(again, (await runAdmin(bed.versioner, ['export', '-', '--account', 'acme'])).stdout);
      expect(await readFile(again, 'utf8')).toBe(text);
    },
    limit,
  );
});
