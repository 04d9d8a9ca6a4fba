import { expect, it } from '@jest/globals';
import { full } from './support/full.js';
import { applyText } from './support/run-admin.js';
import { useVersioner } from './support/use-versioner.js';

const bed = useVersioner();
const size = full(1_000, 50);

it(`applies ${size} products and ${size} rules at once, and finds nothing to do afterwards`, async () => {
  const numbers = [...Array(size).keys()];
  const config = (i: number) =>
    i % 2 === 0
      ? { required_environments: [`place-${i}`], target_environment: `place-${i + 1}` }
      : {
          mode: 'deny',
          timezone: 'UTC',
          recurrence: 'daily',
          windows: [{ start_time: '01:00', end_time: '02:00' }],
        };
  const json = {
    products: numbers.map((i) => ({ name: `product ${i}`, metadata: { number: i } })),
    rules: numbers.map((i) => {
      return {
        name: `rule ${i}`,
        type: i % 2 === 0 ? 'flow' : 'schedule',
        products: [`product ${i}`],
        config: config(i),
      };
    }),
  };
  const file = JSON.stringify(json);
  const { code, stdout, stderr } = await applyText(bed.versioner, file);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(new RegExp(`\n${2 * size} created\\.\n$`));
  expect((await applyText(bed.versioner, file)).stdout).toBe('Nothing to do.\n');
}, 300_000);
