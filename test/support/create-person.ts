import { request } from './documented-request.js';
import { v7 as uuidv7 } from 'uuid';
import { query } from './database-of.js';

export interface Person {
  readonly userId: string;
  readonly tokenId: string;
  readonly token: string;
}

interface Service {
  readonly url: string;
  readonly adminToken: string;
  readonly databaseUrl: string;
}

/** A person of a role, with a token. Users are not made over REST yet, so the person is laid by hand. */
export async function createPerson(service: Service, role: string): Promise<Person> {
  const userId = uuidv7();
  await query(
    service,
    `WITH person AS (
       INSERT INTO users (account_id, id, email, email_key, name, created_at, updated_at)
       SELECT a.id, $1::uuid, $1::text || '@example.com', $1::text || '@example.com', $2::text, now(), now() FROM accounts a
       RETURNING account_id, id)
     INSERT INTO user_roles (account_id, user_id, valid_from, role) SELECT account_id, id, now(), $2::text FROM person`,
    [userId, role],
  );
  const { status, body } = await request(service.url)
    .post('/personal-access-tokens/')
    .set('Authorization', `Bearer ${service.adminToken}`)
    .send({ name: role, user_id: userId });
  if (status !== 201) throw new Error(`The token was refused: ${status}`);
  const { id, token } = body as { id: string; token: string };
  return { userId, tokenId: id, token };
}
