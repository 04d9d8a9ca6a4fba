import { adminToken } from './services.mjs';

/** How a filter's value is called in what is listed, where it has another name there. */
const fields = {
  product: ['product_name', 'name'],
  environment: ['environment_name', 'name'],
  rule: ['rule_name'],
  q: ['name', 'email'],
  actor: ['actor_kind'],
  state: ['state'],
};
/** Values where what is listed has none, or where the rare ones are to be asked for, too. */
const given = {
  status: ['completed', 'failed', 'aborted', 'started', 'pending'],
  environment: ['production'],
  environment_type: ['production'],
  rule: ['staged'],
  product: ['service-0'],
  unused_days: ['30'],
  expiring_days: ['30'],
  action: ['deployment.completed', 'deployment.', 'product.deleted'],
  resource_type: ['deployment', 'product'],
};
/** What paths and filters name by id, as one statement each. */
const things = {
  user_id: 'SELECT user_id AS id FROM audit_log WHERE user_id IS NOT NULL LIMIT 1',
  api_key_id: 'SELECT id FROM api_keys LIMIT 1',
  '/users/{id}/invitations': 'SELECT id FROM users ORDER BY id LIMIT 1',
  '/versions/{id}/approvals': 'SELECT version_id AS id FROM approvals ORDER BY id LIMIT 1',
  '/deployments/{id}/events': 'SELECT id FROM deployments ORDER BY id LIMIT 1',
  '/deployment-rules/{id}/revisions': 'SELECT id FROM deployment_rules ORDER BY id LIMIT 1',
};

export const headers = { Authorization: `Bearer ${adminToken}` };

/**
 * Every list of the API under every single filter, first page and one far down, as requests `{route, filter, value, page,
 * path}`. Routes and filters are those of the OpenAPI document: a new one is among them, or an error says what is unknown.
 *
 * @param read runs a statement on the service's database; answers its rows
 * @param deep the instant from which pages far down go on
 */
export async function listRequests({ url }, { read, deep }) {
  const { paths } = await (await fetch(`${url}/openapi.json`)).json();
  const requests = [];
  for (const [route, { get }] of Object.entries(paths)) {
    const queries = (get?.parameters ?? []).filter((one) => one.in === 'query');
    if (!queries.some(({ name }) => name === 'cursor')) continue;
    const path = await pathOf(route, read);
    const required = queries.filter((one) => one.required).map(({ name }) => [name, given[name][0]]);
    const cursor = await cursorOf(route, deep, read);
    const sample = await itemOf(
      `${url}${path}?${new URLSearchParams([...required, ['limit', 1], ['cursor', cursor]])}`,
    );
    const filters = queries.filter((one) => !one.required && !['limit', 'cursor'].includes(one.name));
    const asked = [{ filter: 'none' }];
    for (const one of filters) {
      const values = one.name in things ? [await idOf(one.name, read)] : valuesOf(one, sample, deep, route);
      asked.push(...values.map((value) => ({ filter: one.name, value })));
    }
    for (const { filter, value } of asked) {
      const query = [...required, ...(value === undefined ? [] : [[filter, value]])];
      for (const [page, more] of [
        ['first', []],
        ['deep', [['cursor', cursor]]],
      ]) {
        requests.push({
          route,
          filter,
          value: value ?? '',
          page,
          path: `${path}?${new URLSearchParams([...query, ...more])}`,
        });
      }
    }
  }
  return requests;
}

async function pathOf(route, read) {
  if (!route.includes('{')) return route;
  if (!(route in things)) throw new Error(`Which thing is asked for in ${route}?`);
  return route.replace('{id}', await idOf(route, read));
}

async function idOf(thing, read) {
  return (await read(things[thing]))[0].id;
}

/** Of a list by time any instant will do; the matrix goes on after a product. */
async function cursorOf(route, deep, read) {
  const byName = route === '/environment-states/';
  const [{ id }] = byName
    ? await read("SELECT product_id AS id FROM product_names WHERE name_key = 'service-900'")
    : [{ id: '01900000-0000-7000-8000-000000000000' }];
  return Buffer.from(`${deep.getTime()}.${id}`).toString('base64url');
}

async function itemOf(address) {
  const response = await fetch(address, { headers });
  if (response.status !== 200) throw new Error(`${address} answered ${response.status}: ${await response.text()}`);
  const body = await response.json();
  return (Array.isArray(body) ? body : body.items)?.[0];
}

function valuesOf({ name, schema }, sample, deep, route) {
  const choices = schema.enum ?? schema.items?.enum;
  if (choices !== undefined) return choices;
  if (schema.type === 'boolean') return ['true', 'false'];
  if (schema.format === 'date-time') return [deep.toISOString()];
  if (name in given) return given[name];
  const field = [...(fields[name] ?? []), name, `${name}_id`].find((one) => sample?.[one] != null);
  if (field !== undefined) return [String(sample[field])];
  // Nothing is listed there: any value finds nothing, in the way in which it finds something.
  if (sample === undefined && schema.format !== 'uuid') return ['nothing'];
  throw new Error(`Which value is asked for with ${name} of ${route}?`);
}
