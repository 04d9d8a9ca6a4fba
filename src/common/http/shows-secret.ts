import { parseSecret } from '../../auth/secrets.js';

/** Whether an answer shows a secret that was just made, at whatever depth: such an answer is never kept. */
export function showsSecret(body: unknown): boolean {
  if (typeof body === 'string') return parseSecret(body) !== null;
  return typeof body === 'object' && body !== null && Object.values(body).some(showsSecret);
}
