import { describe, it } from '@jest/globals';
import { listBuilds } from '../src/builds/read-builds.sql.js';
import { listVersions } from '../src/catalog/read-versions.sql.js';
import { readHistory, readMatrix } from '../src/deployments/environment-states.sql.js';
import { listDeployments } from '../src/deployments/read-deployments.sql.js';
import { readCellFacts } from '../src/deployments/read-cell-facts.sql.js';
import { writeEventPlans } from '../src/deployments/write-event-plans.sql.js';
import { listViolations } from '../src/rules/read-violations.sql.js';
import { listPreflightChecks } from '../src/preflight/preflight-checks.sql.js';
import { readForms, writeForms } from './support/event-statements.js';
import { combinations, cuts, expectOwnNames } from './support/expect-own-names.js';

const catalog = { nameKeys: ['one', 'two'], ids: [] };
/** Of a key that is narrowed. */
const narrowed = { ...catalog, within: ['id'] };

/** The same filters, and with products, environments or both of a narrowed key. */
function alsoNarrowed<Filter extends { product: typeof catalog | null; environment?: typeof catalog | null }>(
  filters: readonly Filter[],
): Filter[] {
  return filters.flatMap((filter) => [
    filter,
    { ...filter, product: narrowed },
    ...(filter.environment == null
      ? []
      : [
          { ...filter, environment: narrowed },
          { ...filter, product: narrowed, environment: narrowed },
        ]),
  ]);
}

const scmSha = { low: ['a'], high: ['b'] };
const pages = cuts.filter(({ from, to }) => from === null && to === null);

describe('every set of filters has a statement name of its own', () => {
  it('in the list of deployments', () => {
    const filters = combinations({
      product: catalog,
      environment: catalog,
      environmentType: ['dev'],
      version: ['1'],
      status: ['started'] as ('started' | 'aborted')[],
      deployedBy: ['me'],
      scmSha,
    });
    const ended = filters.map((filter) => ({ ...filter, status: filter.status && (['aborted'] as 'aborted'[]) }));
    const both = [...filters, ...ended];
    expectOwnNames(
      alsoNarrowed(both).flatMap((filter) => cuts.map((cut) => listDeployments('account', filter, cut, null))),
    );
  });

  it('in the list of versions', () => {
    const filters = combinations({ product: catalog, version: ['1'], scmSha, environment: catalog });
    expectOwnNames(alsoNarrowed(filters).flatMap((filter) => cuts.map((cut) => listVersions('account', filter, cut))));
  });

  it('in the list of builds', () => {
    const filters = combinations({ product: catalog, version: ['1'], status: ['failed'] as 'failed'[] });
    expectOwnNames(alsoNarrowed(filters).flatMap((filter) => cuts.map((cut) => listBuilds('account', filter, cut))));
  });

  it('in the list of violations', () => {
    const filters = combinations({ rule: catalog, product: catalog, environment: catalog, code: ['COOLDOWN_ACTIVE'] });
    expectOwnNames(filters.flatMap((filter) => cuts.map((cut) => listViolations('account', filter, cut))));
  });

  it('in the record of attempts', () => {
    const [version, code] = [['1'], ['FLOW_VIOLATION']];
    const filters = combinations({ product: catalog, environment: catalog, version, code, allowed: true });
    const both = [...filters, ...filters.map((filter) => ({ ...filter, allowed: filter.allowed && false }))];
    expectOwnNames(both.flatMap((filter) => cuts.map((cut) => listPreflightChecks('account', filter, cut))));
  });

  it('in the matrix', () => {
    const filters = combinations({ product: catalog, environment: catalog, environmentType: ['dev'], at: new Date(0) });
    expectOwnNames(
      alsoNarrowed(filters).flatMap((filter) => pages.map((cut) => readMatrix('account', filter, cut, null))),
    );
  });

  it('in the history of a cell', () => {
    const filters = [catalog, narrowed].flatMap((product) => [catalog, narrowed].map((where) => ({ product, where })));
    expectOwnNames(
      filters.flatMap(({ product, where }) => pages.map((cut) => readHistory('account', product, where, cut, null))),
    );
  });

  it('in the facts of events, of every set of parts', () => {
    expectOwnNames(readForms.map((parts) => ({ statement: readCellFacts(parts), values: [1, 2, 3] })));
  });

  it('in what events write, of every set of parts', () => {
    const forms = writeForms.map((parts) => writeEventPlans(parts));
    expectOwnNames(forms.map(({ statement, values }) => ({ statement, values: ['account', ...values] })));
  });
});
