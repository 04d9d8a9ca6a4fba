import { describeSecret, newSecret } from '../auth/secrets.js';
import type { Env } from '../config/env.js';
import type { AccountSetup } from './account-setup.js';

/** What a first start made; a secret is null where it was known beforehand or may not be shown. */
export interface FirstStart {
  readonly account: string;
  readonly adminEmail: string;
  readonly apiKey: string | null;
  readonly adminToken: string | null;
}

/**
 * Makes the first account, its admin, a personal token and an API key in a database that has none yet; null where it
 * has (`2-api.md`, First start). Secrets given in the environment are used here and never again.
 *
 * @param mayShow whether a secret made here can be shown to somebody. Where it cannot, none is made: nobody could use
 *   it, and whoever reads `npm run admin -- token issue` makes one then.
 */
export async function firstStart(setup: AccountSetup, env: Env, mayShow: boolean): Promise<FirstStart | null> {
  const { account, adminEmail, apiKey, adminToken } = env;
  const madeKey = apiKey === null && mayShow ? newSecret('sk', account, 'default') : null;
  const madeToken = adminToken === null && mayShow ? newSecret('pat', account) : null;
  const created = await setup.createFirst({
    slug: account,
    adminEmail,
    apiKey: apiKey === null ? madeKey : describeSecret(apiKey),
    adminToken: adminToken === null ? madeToken : describeSecret(adminToken),
    scopes: ['events:write'],
  });
  if (!created) return null;
  return { account, adminEmail, apiKey: madeKey?.secret ?? null, adminToken: madeToken?.secret ?? null };
}
