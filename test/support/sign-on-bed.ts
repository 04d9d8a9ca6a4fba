import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { type RunningVersioner, startVersioner } from '../../src/testing/start-versioner.js';
import { query } from './database-of.js';
import { request } from './documented-request.js';
import { audience, OidcIssuer } from './oidc-issuer.js';

export interface Me {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly role: string;
  readonly approver_roles: readonly string[];
}

type Method = 'get' | 'post' | 'patch' | 'delete';

/** An issuer, and a service of two replicas at which people of that issuer sign on. */
export class SignOnBed {
  issuer!: OidcIssuer;
  /** Here roles are managed over REST. */
  versioner!: RunningVersioner;
  /** The same service, on the same database; here groups say who is what. */
  mapped!: RunningVersioner;

  readonly call = (token: string, method: Method, path: string, service = this.versioner) =>
    request(service.url)[method](path).set('Authorization', `Bearer ${token}`);

  readonly me = async (token: string, service = this.versioner): Promise<Me> =>
    (await this.call(token, 'get', '/me', service).expect(200)).body as Me;

  readonly asAdmin = (method: Method, path: string) => this.call(this.versioner.adminToken, method, path);

  readonly people = async (): Promise<Me[]> => (await this.asAdmin('get', '/users/').expect(200)).body as Me[];

  /** Signs on at the issuer, which puts these claims into the token and tells those when asked. */
  readonly signOn = async (login: string, token: object = {}, userinfo: object = {}): Promise<string> => {
    this.issuer.accounts.set(login, { token: { ...token }, userinfo: { ...userinfo } });
    return this.issuer.signOn(login);
  };

  readonly audited = async (action: string): Promise<Record<string, unknown>[]> =>
    query(this.versioner, 'SELECT * FROM audit_log WHERE action = $1 ORDER BY at, id', [action]);
}

export function useSignOn(): SignOnBed {
  const bed = new SignOnBed();

  beforeAll(async () => {
    bed.issuer = await OidcIssuer.start();
    // Failures are limited per address, and all of these come from one.
    const env = { OIDC_ISSUER: bed.issuer.url, OIDC_AUDIENCE: audience, RATE_LIMIT_PER_MINUTE: '0' };
    bed.versioner = await startVersioner({ env });
    bed.mapped = await startVersioner({
      join: bed.versioner,
      env: {
        ...env,
        OIDC_GROUPS_CLAIM: 'realm_access.roles',
        OIDC_GROUP_ROLES: '{"admins": "admin", "devs": "developer", "leads, all of them": "release_manager"}',
        OIDC_GROUP_APPROVER_ROLES: '{"leads, all of them": "team-lead", "owners": ["owner", "team-lead"]}',
      },
    });
  });
  afterAll(async () => {
    await bed.mapped?.stop();
    await bed.versioner?.stop();
    await bed.issuer?.goAway();
  });
  beforeEach(async () => {
    bed.issuer.accounts.clear();
    bed.issuer.userinfoStatus = 200;
    await bed.versioner.reset();
    await bed.mapped.reset();
  });

  return bed;
}
