/** Whether it can be the slug of an account. */
export function isSlug(text: unknown): text is string {
  return typeof text === 'string' && /^[a-z0-9-]{1,63}$/.test(text);
}

/** Whether it is the id of an account, written as PostgreSQL writes it. */
export function isAccountId(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
