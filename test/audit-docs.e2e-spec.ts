import { beforeEach, describe, expect, it } from '@jest/globals';
import { sealed } from './support/audit-log.js';
import { createPerson } from './support/create-person.js';
import { type DocsExample, expectTrue, readDocsExamples } from './support/docs-examples.js';
import { Pipeline } from './support/pipeline.js';
import { useVersioner } from './support/use-versioner.js';

const examples: readonly DocsExample[] = readDocsExamples('audit-log.md');

describe('the page on the audit log', () => {
  const bed = useVersioner();
  let callers: Readonly<Record<string, Pipeline>>;

  beforeEach(async () => {
    const { token } = await createPerson(bed.versioner, 'compliance');
    callers = { admin: bed.admin, compliance: new Pipeline(bed.versioner.url, token) };
    await sealed(bed);
  });

  it('has an example for reading and for verifying', () => {
    expect(examples.map(({ title }) => title)).toEqual(['Reading', 'Verifying']);
  });

  it.each(examples)('tells the truth: $title', async (example) => {
    await expectTrue(example, bed.versioner, callers);
  });
});
