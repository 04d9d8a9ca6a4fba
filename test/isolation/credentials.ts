import type { RunningVersioner } from '../../src/testing/start-versioner.js';
import { createPerson } from '../support/create-person.js';
import type { OidcIssuer } from '../support/oidc-issuer.js';
import { createStranger } from '../support/create-stranger.js';
import { heldByApprover, heldByRole, heldByScopes, heldByService, roles, scopes } from './expected-access.js';
import { bearer, type Wire } from './wire.js';

/** One way to come to the service, and what is held by whoever comes so. */
export interface Presented {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Stands in the query string, where no credential may stand. */
  readonly query?: string;
  /** The permissions; null: no good credential, 401 wherever one is asked for. */
  readonly held: ReadonlySet<string> | null;
  /** The only path that it opens, though it is no credential elsewhere. */
  readonly opens?: string;
  /** Let in by its scope, and then held to some products and environments, which has answers of its own. */
  readonly narrowed?: true;
}

const random = 'q'.repeat(40);

/**
 * Every kind of credential that there is, good and bad.
 * @param issuer whose tokens the service accepts; its group `sres` is the role `sre`
 */
export async function presentAll(versioner: RunningVersioner, wire: Wire, issuer: OidcIssuer): Promise<Presented[]> {
  const makes = new Maker(versioner, wire);
  const good = [
    ...(await signedOn(issuer)),
    ...(await people(versioner)),
    ...(await keys(makes)),
    ...(await strangers(versioner, makes)),
  ];
  return [...(await makes.bad()), ...good];
}

async function people(versioner: RunningVersioner): Promise<Presented[]> {
  const presented: Presented[] = [];
  for (const role of roles) {
    const person = await createPerson(versioner, role);
    presented.push({ name: `${role}, a person`, headers: bearer(person.token), held: heldByRole(role) });
  }
  for (const role of ['admin', 'release_manager', 'developer', 'compliance']) {
    const service = await createPerson(versioner, role, { kind: 'service' });
    presented.push({ name: `${role}, a service account`, headers: bearer(service.token), held: heldByService(role) });
  }
  for (const role of ['viewer', 'billing']) {
    const approver = await createPerson(versioner, role, { approver_roles: ['team-lead', 'admin'] });
    presented.push({
      name: `${role} with approver roles`,
      headers: bearer(approver.token),
      held: heldByApprover(role),
    });
  }
  return presented;
}

async function signedOn(issuer: OidcIssuer): Promise<Presented[]> {
  const signOn = async (login: string, groups: readonly string[], resource?: string) => {
    issuer.accounts.set(login, { token: { groups }, userinfo: {} });
    return bearer(await issuer.signOn(login, resource));
  };
  const elsewhere = 'https://elsewhere.example.com/api';
  return [
    { name: 'signed on, in no group', headers: await signOn('mona', []), held: heldByRole('viewer') },
    { name: 'signed on, in the group of sre', headers: await signOn('lisa', ['sres']), held: heldByRole('sre') },
    { name: 'signed on for another audience', headers: await signOn('mona', [], elsewhere), held: null },
  ];
}

/** Each scope alone, and all ways to put them together; and a key that is narrowed. */
async function keys(makes: Maker): Promise<Presented[]> {
  const presented: Presented[] = [];
  for (let chosen = 1; chosen < 2 ** scopes.length; chosen++) {
    const given = scopes.filter((_, n) => (chosen & (2 ** n)) !== 0);
    const { key } = await makes.key({ scopes: given });
    presented.push({ name: `key with ${given.join(' + ')}`, headers: bearer(key), held: heldByScopes(given) });
  }
  const narrow = { products: ['my-service'], environments: ['production'] };
  for (const given of [scopes, ['events:write'], ['read']]) {
    const { key } = await makes.key({ scopes: given, ...narrow });
    const name = `narrowed key with ${given.join(' + ')}`;
    presented.push({ name, headers: bearer(key), held: heldByScopes(given), narrowed: true });
  }
  return presented;
}

/** In their own account they are what they are; that they see nothing of this one is for `accounts.e2e-spec.ts`. */
async function strangers(versioner: RunningVersioner, makes: Maker): Promise<Presented[]> {
  const admin = await createStranger(versioner);
  const { key } = await makes.key({ scopes }, admin);
  const viewer = await createPerson({ ...versioner, adminToken: admin }, 'viewer');
  return [
    { name: "another account's admin", headers: bearer(admin), held: heldByRole('admin') },
    { name: "another account's viewer", headers: bearer(viewer.token), held: heldByRole('viewer') },
    { name: "another account's key", headers: bearer(key), held: heldByScopes(scopes) },
  ];
}

class Maker {
  constructor(
    private readonly versioner: RunningVersioner,
    private readonly wire: Wire,
  ) {}

  async key(fields: object, token = this.versioner.adminToken): Promise<{ id: string; key: string }> {
    return (await this.create('/api-keys/', { name: 'walk', ...fields }, token)) as { id: string; key: string };
  }

  async bad(): Promise<Presented[]> {
    const { clock, adminToken, apiKey } = this.versioner;
    const secondsFromNow = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();
    clock.set(secondsFromNow(-3_600));
    const soon = secondsFromNow(-3_000);
    const expiredKey = await this.key({ scopes, expires_at: soon });
    const expiredToken = (await this.create('/personal-access-tokens/', { name: 'walk', expires_at: soon })) as Created;
    clock.reset();

    const revokedKey = await this.key({ scopes });
    await this.change('DELETE', `/api-keys/${revokedKey.id}`);
    const revokedToken = (await this.create('/personal-access-tokens/', { name: 'walk' })) as Created;
    await this.change('DELETE', `/personal-access-tokens/${revokedToken.id}`);
    const left = await createPerson(this.versioner, 'admin');
    await this.change('PATCH', `/users/${left.userId}`, { deactivated: true });
    const feeds: { token: string; kind: string }[] = [];
    for (const kind of ['badge', 'calendar']) {
      const { token } = (await this.create('/feed-tokens/', { kind })) as Created;
      feeds.push({ token, kind });
    }
    const invitation = await this.invitation();

    const none = (name: string, headers: Presented['headers'], query?: string): Presented => {
      return { name, headers, held: null, ...(query === undefined ? {} : { query }) };
    };
    return [
      none('no credential', {}),
      none('an empty header', { Authorization: '' }),
      none('a scheme alone', { Authorization: 'Bearer' }),
      none('nonsense', bearer('nonsense')),
      none('a token without its scheme', { Authorization: adminToken }),
      none('a token as a password', {
        Authorization: `Basic ${Buffer.from(`admin:${adminToken}`).toString('base64')}`,
      }),
      none('a token in a header of another name', { 'X-API-Key': adminToken, Cookie: `token=${adminToken}` }),
      none('two tokens', bearer(`${adminToken}, ${adminToken}`)),
      none('a token with a letter more', bearer(`${adminToken}x`)),
      none('a token with a letter less', bearer(adminToken.slice(0, -1))),
      none('a token in another letter case', bearer(swapCase(adminToken))),
      none('a key that nobody has', bearer(`sk_default_key_${random}`)),
      none('a token that nobody has', bearer(`pat_default_${random}`)),
      none('a key of an account that is not there', bearer(`sk_nobody_key_${random}`)),
      none("a key's secret as a token", bearer(`pat_default_${apiKey.split('_').at(-1)!}`)),
      none('a JWT without a signature', bearer(unsigned({ sub: 'admin', account: 'default', groups: ['admin'] }))),
      none('a revoked key', bearer(revokedKey.key)),
      none('a revoked token', bearer(revokedToken.token)),
      none('an expired key', bearer(expiredKey.key)),
      none('an expired token', bearer(expiredToken.token)),
      none('a deactivated person', bearer(left.token)),
      ...feeds.map(({ token, kind }) => none(`a feed token, ${kind}`, bearer(token))),
      { ...none('an invitation', bearer(invitation)), opens: '/invitations/accept' },
      none('a good token in the query, too', bearer(adminToken), `access_token=${adminToken}`),
      none('a good key in the query alone', {}, `key=${apiKey}`),
    ];
  }

  private async invitation(): Promise<string> {
    const invited = { email: 'walk@example.com', name: 'Invited', role: 'admin', invite: true };
    const { invitation } = (await this.create('/users/', invited)) as { invitation?: { token: string } };
    return invitation?.token ?? `inv_default_${random}`;
  }

  private async create(path: string, body: object, token = this.versioner.adminToken): Promise<unknown> {
    const answer = await this.wire.send({ method: 'POST', path, headers: bearer(token), body });
    if (answer.status !== 201) throw new Error(`POST ${path} was answered ${answer.status}: ${answer.body}`);
    return JSON.parse(answer.body);
  }

  private async change(method: string, path: string, body?: object): Promise<void> {
    const headers = bearer(this.versioner.adminToken);
    const answer = await this.wire.send({ method, path, headers, ...(body === undefined ? {} : { body }) });
    if (answer.status >= 300) throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.body}`);
  }
}

interface Created {
  readonly id: string;
  readonly token: string;
}

function swapCase(secret: string): string {
  const start = secret.lastIndexOf('_') + 1;
  const swapped = secret
    .slice(start)
    .replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));
  return secret.slice(0, start) + swapped;
}

function unsigned(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part({ ...claims, exp: 4_000_000_000 })}.`;
}
