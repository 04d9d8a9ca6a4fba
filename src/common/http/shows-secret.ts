const secret = /^(sk|pat|feed)_/;

/** Whether an answer shows a secret that was just made: such an answer is never kept. */
export function showsSecret(body: unknown): boolean {
  return (
    typeof body === 'object' &&
    body !== null &&
    Object.values(body).some((value) => typeof value === 'string' && secret.test(value))
  );
}
