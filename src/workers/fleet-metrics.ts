import prometheus from 'prom-client';

type Numbers = readonly (object & { readonly name: string; readonly type: string })[];

/** What only grows, as long as nobody forgets what the ended workers had counted. */
const counting = new Set(['counter', 'histogram']);
/**
 * One page of metrics from those of all workers. Counts of a worker that has ended stay in the sums as they were on the
 * last page: without them a sum would fall, which Prometheus takes for a counter that began anew.
 */
export class FleetMetrics {
  private readonly last = new Map<number, Numbers>();
  private ended: Numbers = [];

  /**
   * @param number of the worker
   * @param numbers as `getMetricsAsJSON()` gives them
   */
  note(number: number, numbers: readonly object[]): void {
    this.last.set(number, numbers as Numbers);
  }

  /** The worker has ended; the next one of its number begins at zero. */
  noteEnd(number: number): void {
    const counts = (this.last.get(number) ?? []).filter(({ type }) => counting.has(type));
    this.last.delete(number);
    this.ended = aggregate([this.ended, counts]).getMetricsAsArray() as unknown as Numbers;
  }

  async render(): Promise<string> {
    return aggregate([...this.last.values(), this.ended]).metrics();
  }
}

function aggregate(sources: readonly Numbers[]): prometheus.Registry {
  return prometheus.AggregatorRegistry.aggregate([...sources]);
}
