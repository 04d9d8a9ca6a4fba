import { beforeEach, describe, expect, it } from '@jest/globals';
import prometheus from 'prom-client';
import { FleetMetrics } from './fleet-metrics.js';

/** The numbers of a worker that has answered so many requests, each in a tenth of a second, as they come over the wire. */
async function numbersOf(requests: number): Promise<object[]> {
  const registers = [new prometheus.Registry()];
  const count = new prometheus.Counter({ name: 'requests_total', help: 'r', labelNames: ['route'], registers });
  const durations = new prometheus.Histogram({ name: 'seconds', help: 's', buckets: [0.5], registers });
  new prometheus.Gauge({ name: 'connections', help: 'c', registers }).set(5);
  for (let i = 0; i < requests; i++) {
    count.inc({ route: '/a' });
    durations.observe(0.1);
  }
  return JSON.parse(JSON.stringify(await registers[0]!.getMetricsAsJSON())) as object[];
}

describe('FleetMetrics', () => {
  let metrics: FleetMetrics;
  beforeEach(() => {
    metrics = new FleetMetrics();
  });

  const lines = async () => (await metrics.render()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));

  it('adds up what the workers have', async () => {
    metrics.note(1, await numbersOf(3));
    metrics.note(2, await numbersOf(4));
    metrics.note(2, await numbersOf(5));
    expect(await lines()).toEqual([
      'requests_total{route="/a"} 8',
      'seconds_bucket{le="0.5"} 8',
      'seconds_bucket{le="+Inf"} 8',
      expect.stringMatching(/^seconds_sum 0\.[78]/),
      'seconds_count 8',
      'connections 10',
    ]);
  });

  it('keeps the counts of workers that have ended, and nothing that they held', async () => {
    metrics.note(1, await numbersOf(3));
    metrics.note(2, await numbersOf(5));
    metrics.noteEnd(1);
    metrics.noteEnd(2);
    metrics.noteEnd(2);
    metrics.note(1, await numbersOf(1));
    expect(await lines()).toEqual(
      expect.arrayContaining(['requests_total{route="/a"} 9', 'seconds_count 9', 'connections 5']),
    );
  });
});
