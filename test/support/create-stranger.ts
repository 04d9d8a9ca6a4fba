import { v7 as uuidv7 } from 'uuid';
import { newSecret } from '../../src/auth/secrets.js';
import { query } from './database-of.js';

/** The token of an admin of another account, which knows nothing of the first. */
export async function createStranger(service: { readonly databaseUrl: string }): Promise<string> {
  const { secret, prefix, hash } = newSecret('pat', 'elsewhere');
  await query(
    service,
    `WITH account AS (
       INSERT INTO accounts (id, slug, created_at, updated_at)
       VALUES ($1, 'elsewhere', '2020-01-01', '2020-01-01') RETURNING id),
     admin AS (
       INSERT INTO users (account_id, id, email, email_key, name, created_at, updated_at)
       SELECT id, $2, 'admin@example.com', 'admin@example.com', 'Admin', '2020-01-01', '2020-01-01' FROM account),
     role AS (
       INSERT INTO user_roles (account_id, user_id, valid_from, role) SELECT id, $2, '2020-01-01', 'admin' FROM account)
     INSERT INTO personal_access_tokens (account_id, id, user_id, name, prefix, secret_hash, created_at)
     SELECT id, $3, $2, 'stranger', $4, $5, '2020-01-01' FROM account`,
    [uuidv7(), uuidv7(), uuidv7(), prefix, hash],
  );
  return secret;
}
