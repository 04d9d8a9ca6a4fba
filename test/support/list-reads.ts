import { Pipeline } from './pipeline.js';

/** The token with which a service under test shows its metrics. */
export const metricsToken = 'metrics-of-list-reads';

/** How many lists a service has read from where so far: `read_replica`, or `primary` and why. */
export async function listReads(url: string): Promise<Readonly<Record<string, number>>> {
  const { body } = await new Pipeline(url, metricsToken).get('/metrics');
  const lines = String(body).matchAll(/^versioner_list_reads_total\{source="(\w+)",reason="(\w*)"\} (\d+)$/gm);
  return Object.fromEntries(
    [...lines].map(([, source, reason, count]) => [reason === '' ? source! : `${source} ${reason}`, Number(count)]),
  );
}
