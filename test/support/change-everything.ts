/** A request to a route that changes something. */
export interface SentChange {
  /** Method and declared path. */
  readonly route: string;
  /** With its parameters; else the declared path. */
  readonly path?: string;
  readonly body?: object;
  /** The credential; else the first admin's token. */
  readonly as?: string;
}

/** Goes well through every route that changes something, in a new account. One that is new must be added here. */
export async function changeEverything(
  send: (change: SentChange) => Promise<Record<string, string>>,
  apiKey: string,
): Promise<void> {
  /** POST, then what can be done with what it has made. */
  async function create(collection: string, body: object): Promise<string> {
    return (await send({ route: `POST ${collection}`, body }))['id']!;
  }
  const change = async (item: string, id: string, body: object) =>
    send({ route: `PATCH ${item}`, path: item.replace('{id}', id), body });
  const remove = async (item: string, id: string, query = '') =>
    send({ route: `DELETE ${item}`, path: item.replace('{id}', id) + query });

  const event = { product_name: 'shop', version: '1', environment_name: 'production', status: 'started' };
  const deployment = await send({ route: 'POST /deployment-events/', body: event, as: apiKey });
  const abort = { route: 'POST /deployments/{id}/abort', path: `/deployments/${deployment['id']}/abort` };
  await send({ ...abort, body: { reason: 'stuck' } });
  await send({ route: 'POST /build-events/', body: { ...event, status: 'started' }, as: apiKey });
  await send({ route: 'POST /version-events/', body: { ...event, status: 'completed' }, as: apiKey });

  const product = await create('/products/', { name: 'web' });
  await change('/products/{id}', product, { name: 'web-shop' });
  await remove('/products/{id}', product, '?confirm=web-shop');
  const environment = await create('/environments/', { name: 'qa' });
  await change('/environments/{id}', environment, { type: 'staging' });
  await send({ route: 'PUT /environments/order', body: { environments: ['production', 'qa'] } });
  await remove('/environments/{id}', environment, '?confirm=qa');

  const rule = await create('/deployment-rules/', { name: 'pause', type: 'cooldown', config: { minutes: 1 } });
  await change('/deployment-rules/{id}', rule, { status: 'disabled' });
  await remove('/deployment-rules/{id}', rule);
  const override = await create('/preflight-overrides/', {
    product: 'shop',
    environment: 'production',
    reason: 'an incident',
  });
  await remove('/preflight-overrides/{id}', override);

  const approvals = `/versions/${deployment['version_id']}/approvals`;
  const approval = await send({
    route: 'POST /versions/{id}/approvals',
    path: approvals,
    body: { decision: 'approved' },
  });
  await send({ route: 'DELETE /versions/{id}/approvals/{approval_id}', path: `${approvals}/${approval['id']}` });

  const user = await create('/users/', { email: 'mona@example.com', name: 'Mona', role: 'developer' });
  await change('/users/{id}', user, { name: 'Mona Lisa' });
  const invitation = await send({
    route: 'POST /users/{id}/invitations',
    path: `/users/${user}/invitations`,
    body: {},
  });
  await send({ route: 'POST /invitations/accept', body: { name: 'first' }, as: invitation['token']! });
  const other = await send({ route: 'POST /users/{id}/invitations', path: `/users/${user}/invitations`, body: {} });
  await send({
    route: 'DELETE /users/{id}/invitations/{invitation_id}',
    path: `/users/${user}/invitations/${other['id']}`,
  });
  await remove('/users/{id}', user);

  const token = await create('/personal-access-tokens/', { name: 'laptop' });
  await change('/personal-access-tokens/{id}', token, { name: 'desktop' });
  await remove('/personal-access-tokens/{id}', token);
  const key = await create('/api-keys/', { name: 'ci' });
  await change('/api-keys/{id}', key, { name: 'cd' });
  const rotated = await send({ route: 'POST /api-keys/{id}/rotate', path: `/api-keys/${key}/rotate`, body: {} });
  await remove('/api-keys/{id}', rotated['id']!);
  const feed = await create('/feed-tokens/', { kind: 'calendar' });
  await remove('/feed-tokens/{id}', feed);
  await send({ route: 'PATCH /account/', body: { enforce_on_completed: true } });
}
