import { beforeEach, describe, expect, it } from '@jest/globals';
import { createPerson } from './support/create-person.js';
import { Pipeline } from './support/pipeline.js';
import { type Ended, runAdmin } from './support/run-admin.js';
import { useVersioner } from './support/use-versioner.js';

const limit = 120_000;

describe('npm run admin -- account reset', () => {
  const bed = useVersioner();

  // The command goes by the time of day, and so does what was made before it.
  beforeEach(() => bed.clock.reset());

  const reset = (...words: string[]): Promise<Ended> => runAdmin(bed.versioner, ['account', 'reset', ...words]);
  const statusOf = async (token: string) => (await new Pipeline(bed.versioner.url, token).get('/users/')).status;
  const audited = async () =>
    (await bed.rows("SELECT action FROM audit_log WHERE actor_kind = 'operator' ORDER BY at, id")).map(
      ({ action }) => action,
    );

  it(
    'ends the tokens and the invitations of the first admin, and gives a new token',
    async () => {
      const [me] = await bed.rows('SELECT id, email FROM users');
      const other = await createPerson(bed.versioner, 'admin');
      await bed.admin.post(`/users/${String(me?.['id'])}/invitations`, {});
      const { code, stdout, stderr } = await reset('default');
      expect([code, stderr]).toEqual([
        0,
        `${String(me?.['email'])} is an active admin of "default". Revoked: 1 tokens, 1 invitations. The new token, shown once:\n`,
      ]);
      expect(await statusOf(stdout.trim())).toBe(200);
      expect(await statusOf(other.token)).toBe(200);
      expect(
        await bed.rows('SELECT revoked_at IS NULL AS open FROM personal_access_tokens WHERE user_id = $1 ORDER BY id', [
          me?.['id'],
        ]),
      ).toEqual([{ open: false }, { open: true }]);
      expect(await audited()).toEqual([
        'personal_access_token.revoked',
        'invitation.revoked',
        'personal_access_token.created',
      ]);
    },
    limit,
  );

  it(
    'makes whom it names an active admin again',
    async () => {
      const gone = await createPerson(bed.versioner, 'viewer');
      await bed.admin.patch(`/users/${gone.userId}`, { deactivated: true });
      const { stdout } = await reset('default', '--email', gone.email!.toUpperCase());
      expect(await statusOf(stdout.trim())).toBe(200);
      expect((await bed.admin.get(`/users/${gone.userId}`)).body).toMatchObject({
        role: 'admin',
        deactivated_at: null,
      });
      expect(await audited()).toEqual([
        'user.activated',
        'personal_access_token.revoked',
        'personal_access_token.created',
      ]);
    },
    limit,
  );

  it(
    'makes a new admin where none is left',
    async () => {
      await bed.rows("UPDATE user_roles SET role = 'viewer'");
      const { stdout, stderr } = await reset('default', '--email', 'rescue@example.com');
      expect(stderr).toMatch(/^rescue@example.com is a new admin of "default"/);
      expect(await statusOf(stdout.trim())).toBe(200);
      expect(await reset('nowhere')).toMatchObject({
        code: 1,
        stderr: 'versioner: There is no account "nowhere"; "npm run admin -- account list" lists them.\n',
      });
    },
    limit,
  );
});
