import { beforeEach, describe, expect, it } from '@jest/globals';
import { expectTrue, readDocsExamples } from './support/docs-examples.js';
import type { Pipeline } from './support/pipeline.js';
import { useVersioner } from './support/use-versioner.js';

const examples = [...readDocsExamples('accounts.md'), ...readDocsExamples('retention-and-export.md')];

describe('the pages on accounts, retention and export', () => {
  const bed = useVersioner();
  let callers: Readonly<Record<string, Pipeline>>;

  beforeEach(() => {
    callers = { admin: bed.admin, pipeline: bed.pipeline };
  });

  it('have examples', () => {
    expect(examples.map(({ title }) => title)).toEqual(['Settings', 'Keep less', 'Take everything out']);
  });

  it.each(examples)('tell the truth: $title', async (example) => {
    await expectTrue(example, bed.versioner, callers);
  });
});
