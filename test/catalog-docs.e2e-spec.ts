import { beforeEach, describe, expect, it } from '@jest/globals';
import { expectTrue, readDocsExamples } from './support/docs-examples.js';
import type { Pipeline } from './support/pipeline.js';
import { useVersioner } from './support/use-versioner.js';

const examples = readDocsExamples('catalog.md');

describe('the page on the catalog', () => {
  const bed = useVersioner();
  let callers: Readonly<Record<string, Pipeline>>;

  beforeEach(() => {
    callers = { admin: bed.admin, pipeline: bed.pipeline };
  });

  it('has examples for what can be done over REST', () => {
    expect(examples).toHaveLength(5);
  });

  it.each(examples)('tells the truth: $title', async (example) => {
    await expectTrue(example, bed.versioner, callers);
  });
});
