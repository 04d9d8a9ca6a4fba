import { describe, expect, it } from '@jest/globals';
import { expectTrue, readDocsExamples } from './support/docs-examples.js';
import { useVersioner } from './support/use-versioner.js';

const examples = readDocsExamples('people.md');

describe('the page on people', () => {
  const bed = useVersioner();

  it('has an example for everything that it tells of', () => {
    expect(examples.map(({ title }) => title)).toEqual([
      'Bring somebody in',
      'Invite somebody again',
      'Find somebody',
      'Change what somebody may do, or end it',
      'Roles',
      'Service accounts',
      'Personal tokens',
      'Find what nobody uses',
    ]);
  });

  it.each(examples)('tells the truth: $title', async (example) => {
    await expectTrue(example, bed.versioner, { admin: bed.admin });
  });
});
