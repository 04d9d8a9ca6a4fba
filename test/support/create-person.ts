import { randomUUID } from 'node:crypto';
import { expectDocumented } from './documented-answers.js';

export interface Person {
  readonly userId: string;
  readonly tokenId: string;
  readonly token: string;
  /** As they are called, and found. */
  readonly name: string;
  readonly email: string | null;
}

interface Service {
  readonly url: string;
  readonly adminToken: string;
}

/** A person of a role, with a token; `fields` is what else a user can be made with, such as `kind` or `approver_roles`. */
export async function createPerson(
  service: Service,
  role: string,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<Person> {
  const email = fields['kind'] === 'service' ? null : `${randomUUID()}@example.com`;
  const user = await create<{ id: string; name: string; email: string | null }>(service, '/users/', {
    email,
    name: role,
    role,
    ...fields,
  });
  const { id, token } = await create<{ id: string; token: string }>(service, '/personal-access-tokens/', {
    name: role,
    user_id: user.id,
  });
  return { userId: user.id, tokenId: id, token, name: user.name, email: user.email };
}

async function create<Created>({ url, adminToken }: Service, path: string, fields: object): Promise<Created> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${adminToken}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(fields),
  });
  const body: unknown = await response.json();
  await expectDocumented(url, { method: 'POST', path, status: response.status, body });
  if (response.status !== 201) throw new Error(`POST ${path} was answered ${response.status}: ${JSON.stringify(body)}`);
  return body as Created;
}
