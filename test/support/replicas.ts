/**
 * How many replicas or workers each test meets: one, or with `npm run test:workers` two. Then a started process has
 * `WORKERS=2`, and a service in the test's own process is a pair that takes requests in turn.
 */
export const replicas = Number(process.env['VERSIONER_TEST_WORKERS'] ?? 1);

/** Does something once on each of them: one after the other, they come in turn. */
export async function onEach<T>(ask: () => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (let i = 0; i < replicas; i++) answers.push(await ask());
  return answers;
}
