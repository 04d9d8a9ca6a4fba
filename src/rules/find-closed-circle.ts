import { type FlowEdges, flowCircle } from '../preflight/checks/flow-circle.js';

/** A flow, and for which products. Environments and products by a key that is the same whatever they are called. */
export interface ScopedFlow extends FlowEdges {
  readonly name: string;
  /** Empty: all. */
  readonly products: readonly string[];
}

/** One step of a circle: what a rule says of an environment. */
export interface CircleStep {
  readonly target: string;
  readonly required: string;
  readonly rule: string;
}

/**
 * The circle that a flow closes together with others: for some product, nothing could ever start there. Flows of other
 * products do not meet. A circle that is there without it is not its fault.
 *
 * @returns its steps, the flow's own first; null where it closes none
 */
export function findClosedCircle(flow: ScopedFlow, others: readonly ScopedFlow[]): readonly CircleStep[] | null {
  // One for each product that somebody names, and one for all that nobody names.
  const products = new Set([null, ...[flow, ...others].flatMap((one) => one.products)]);
  for (const product of products) {
    if (!isFor(flow, product)) continue;
    const met = others.filter((other) => isFor(other, product));
    if (flowCircle(met) !== null) continue;
    const circle = flowCircle([...met, flow]);
    if (circle !== null) return stepsOf(circle, [flow, ...met]);
  }
  return null;
}

/** Whether flows go in a circle for any product. */
export function hasCircle(flows: readonly ScopedFlow[]): boolean {
  const products = new Set([null, ...flows.flatMap((one) => one.products)]);
  return [...products].some((product) => flowCircle(flows.filter((flow) => isFor(flow, product))) !== null);
}

function isFor({ products }: ScopedFlow, product: string | null): boolean {
  return products.length === 0 || (product !== null && products.includes(product));
}

/** @param flows the one that closes the circle first */
function stepsOf(path: readonly string[], flows: readonly ScopedFlow[]): readonly CircleStep[] {
  const around = path.slice(0, -1);
  const start = around.indexOf(flows[0]!.target);
  const turned = [...around.slice(start), ...around.slice(0, start)];
  return turned.map((target, index) => {
    const required = turned[(index + 1) % turned.length]!;
    const says = flows.find((flow) => flow.target === target && flow.required.includes(required))!;
    return { target, required, rule: says.name };
  });
}
