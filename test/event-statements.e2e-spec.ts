import { expect, it } from '@jest/globals';
import { readCellFacts } from '../src/deployments/read-cell-facts.sql.js';
import { writeEventPlans } from '../src/deployments/write-event-plans.sql.js';
import { readForms, writeForms } from './support/event-statements.js';
import { useVersioner } from './support/use-versioner.js';

const bed = useVersioner();

it('understands the statements of the event path with every set of parts', async () => {
  const nobody = '00000000-0000-4000-8000-000000000000';
  for (const parts of readForms) {
    const { text } = readCellFacts(parts);
    const { rows } = await bed.database.query({ text, values: [nobody, '[]', null] });
    expect(rows).toEqual([]);
  }
  for (const parts of writeForms) {
    const { statement, values } = writeEventPlans(parts);
    const { rows } = await bed.database.query({ text: statement.text, values: [nobody, ...values.map(() => '[]')] });
    expect(rows).toEqual([]);
  }
});
