// As built: jest loads this file before it can transform TypeScript modules.
import { useTestCluster } from '../../dist/testing/test-cluster.js';

/** One PostgreSQL for all test files; each makes databases of its own in it. A given `DATABASE_URL` is used instead. */
export default async function startCluster() {
  if (process.env.DATABASE_URL) return;
  globalThis.testCluster = await useTestCluster();
  process.env.DATABASE_URL = globalThis.testCluster.url;
}
