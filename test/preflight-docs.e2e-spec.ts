import { beforeEach, describe, expect, it } from '@jest/globals';
import { createPerson } from './support/create-person.js';
import { expectTrue, readDocsExamples } from './support/docs-examples.js';
import { Pipeline } from './support/pipeline.js';
import { useVersioner } from './support/use-versioner.js';

const examples = readDocsExamples('preflight.md');

describe('the page on pre-flight checks', () => {
  const bed = useVersioner();
  let callers: Readonly<Record<string, Pipeline>>;

  beforeEach(async () => {
    const { token } = await createPerson(bed.versioner, 'developer', { approver_roles: ['team-lead'] });
    callers = { admin: bed.admin, pipeline: bed.pipeline, approver: new Pipeline(bed.versioner.url, token) };
  });

  it('has an example for every check, and for what goes with them', () => {
    expect(examples).toHaveLength(9);
  });

  it.each(examples)('tells the truth: $title', async (example) => {
    await expectTrue(example, bed.versioner, callers);
  });
});
