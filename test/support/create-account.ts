import { v7 as uuidv7 } from 'uuid';
import { newSecret } from '../../src/auth/secrets.js';
import { query } from './database-of.js';

/** A second account in the database of a service, with an admin: an operator makes one at the command line. */
export async function createAccount(
  service: { readonly databaseUrl: string },
  slug: string,
): Promise<{ readonly adminToken: string }> {
  const { secret, prefix, hash } = newSecret('pat', slug);
  await query(
    service,
    `WITH account AS (
       INSERT INTO accounts (id, slug, created_at, updated_at) VALUES ($1::uuid, $2, now(), now()) RETURNING id
     ), person AS (
       INSERT INTO users (account_id, id, email, email_key, name, created_at, updated_at)
       SELECT id, $3::uuid, 'admin@example.com', 'admin@example.com', 'Admin', now(), now() FROM account RETURNING account_id, id
     ), role AS (
       INSERT INTO user_roles (account_id, user_id, valid_from, role) SELECT account_id, id, now(), 'admin' FROM person
     )
     INSERT INTO personal_access_tokens (account_id, id, user_id, name, prefix, secret_hash, created_at)
     SELECT account_id, $4::uuid, id, 'first', $5, $6::bytea, now() FROM person`,
    [uuidv7(), slug, uuidv7(), uuidv7(), prefix, hash],
  );
  return { adminToken: secret };
}
