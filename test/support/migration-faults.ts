import type { Migration } from '../../src/database/migrations.js';
import { partsOf, statementsOf } from './split-sql.js';

/** They stay small whatever happens to deployments: to rewrite one takes a moment. Every other table may hold millions. */
const smallTables = new Set(
  (
    'accounts users user_roles invitations api_keys personal_access_tokens feed_tokens products product_names environments ' +
    'environment_names environment_types deployment_rules deployment_rule_revisions audit_signing_keys retention_runs'
  ).split(' '),
);

const name = String.raw`(?:ONLY )?(?:"?\w+"?\.)?"?(\w+)"?`;
const forms = {
  createTable: new RegExp(`^CREATE (?:UNLOGGED |TEMP |TEMPORARY )?TABLE (?:IF NOT EXISTS )?${name}`, 'i'),
  createIndex: new RegExp(`^CREATE (?:UNIQUE )?INDEX (CONCURRENTLY )?.*?\\bON ${name}`, 'i'),
  alterTable: new RegExp(`^ALTER TABLE (?:IF EXISTS )?${name} (.*)$`, 'i'),
  changeRows: new RegExp(`(?:^|\\bAS (?:MATERIALIZED )?\\( ?)(?:UPDATE|DELETE FROM|MERGE INTO) ${name}`, 'i'),
  copyRows: new RegExp(`^INSERT INTO .*\\bSELECT\\b.*?\\b(?:FROM|JOIN) ${name}`, 'i'),
  lockTable: new RegExp(`^(?:TRUNCATE|LOCK|CLUSTER)(?: TABLE)? ${name}`, 'i'),
};

/** What of an `ALTER TABLE` reads or writes the whole table while it is locked, and what to do instead. */
const slowActions: readonly (readonly [RegExp, string])[] = [
  [/^ALTER (COLUMN )?\S+ (SET DATA )?TYPE\b/i, 'changes a type: add a column and drop the old one a release later'],
  [/^ADD (COLUMN )?.*\bGENERATED\b/i, 'adds a generated column, which rewrites the table'],
  [/^ADD (COLUMN )?(IF NOT EXISTS )?"?\w+"? (small|big)?serial\b/i, 'adds a serial column, which rewrites the table'],
  [/^ADD (?!CONSTRAINT).*\b(REFERENCES|CHECK|UNIQUE|PRIMARY KEY)\b/i, 'adds a column with a constraint: add it apart'],
  [/^ADD CONSTRAINT \S+ EXCLUDE\b/i, 'adds an exclusion constraint, which builds an index'],
  [/^ADD (CONSTRAINT \S+ )?(UNIQUE|PRIMARY KEY) ?\(/i, 'builds an index: build it concurrently, then USING INDEX'],
  [/^ADD (CONSTRAINT \S+ )?(CHECK|FOREIGN KEY|NOT NULL)\b(?!.*\bNOT VALID$)/i, 'adds a constraint without NOT VALID'],
  [/^SET (LOGGED|UNLOGGED|TABLESPACE|ACCESS METHOD)\b/i, 'rewrites the table'],
  [/^(DETACH PARTITION (?!.*CONCURRENTLY$)|ATTACH PARTITION)/i, 'attaches or detaches a partition under a lock'],
];
/** A default that is worked out once: a text, a number, a list of such, the time. Anything else may differ row by row. */
const constantDefault =
  /\bDEFAULT (''|-?[\d.]+|true|false|null|ARRAY\[[^\]]*\]|now\( ?\)|CURRENT_TIMESTAMP)(::"?[\w ]+(\(\d+\))?"?(\[\])?)?( (NOT )?NULL)?$/i;

/** What is known of the migrations before. */
class Known {
  readonly validated = new Set<string>();
  readonly notNull = new Map<string, string>();
}

/**
 * What a migration would do to a running service: every form that locks a table that may be large for longer than a
 * moment, in words; none is how it has to be. Migrations are given in their order, so that one may rest on another.
 */
export function migrationFaults(migrations: readonly Migration[]): string[] {
  const known = new Known();
  return migrations.flatMap((migration) => faultsOf(migration, known).map((fault) => `${migration.name} ${fault}`));
}

function faultsOf({ sql }: Migration, known: Known): string[] {
  const statements = statementsOf(sql);
  const made = new Set(statements.flatMap((statement) => forms.createTable.exec(statement)?.[1] ?? []));
  const isLarge = (table: string | undefined) => table !== undefined && !made.has(table) && !smallTables.has(table);
  const altered = new Set<string>();
  const validated: string[] = [];
  const faults = statements.flatMap((statement) => {
    if (/\bCONCURRENTLY\b/i.test(statement) && statements.length > 1) {
      return ['builds or drops something concurrently: that needs a file of its own'];
    }
    if (/^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|START TRANSACTION)\b/i.test(statement)) return ['ends its transaction'];
    if (/^(SET|RESET)\b.*\b(lock|statement)_timeout\b/i.test(statement)) return ['sets a time limit of its own'];
    if (/^VACUUM\b.*\bFULL\b/i.test(statement)) return ['locks whole tables'];
    if (/^(REINDEX|DROP INDEX)\b(?!.*\bCONCURRENTLY\b)/i.test(statement)) return ['locks a table for an index'];
    if (/^DROP INDEX\b(?!.*\bIF EXISTS\b)/i.test(statement))
      return ['cannot be tried again: DROP INDEX needs IF EXISTS'];
    const [, concurrently, indexed] = forms.createIndex.exec(statement) ?? [];
    if (isLarge(indexed) && concurrently === undefined) return [`builds an index of ${indexed} without CONCURRENTLY`];
    for (const form of [forms.changeRows, forms.copyRows, forms.lockTable]) {
      const table = form.exec(statement)?.[1];
      if (isLarge(table)) return [`reads, writes or locks ${table} as a whole`];
    }
    const [, table, actions] = forms.alterTable.exec(statement) ?? [];
    if (table === undefined || actions === undefined || !isLarge(table)) return [];
    altered.add(table);
    return partsOf(actions).flatMap((action) => {
      const validates = /^VALIDATE CONSTRAINT "?(\w+)"?/i.exec(action)?.[1];
      if (validates !== undefined) {
        validated.push(`${table} ${validates}`);
        return statements.length > 1 ? [`validates a constraint of ${table}: that needs a file of its own`] : [];
      }
      const fault = actionFault(table, action, known);
      return fault === null ? [] : [`alters ${table}: ${fault}`];
    });
  });
  for (const constraint of validated) known.validated.add(constraint);
  if (altered.size > 1) faults.push(`locks ${[...altered].join(' and ')}: while it waits for one it holds the other`);
  return faults;
}

function actionFault(table: string, action: string, known: Known): string | null {
  const [, constraint, column] = /^ADD CONSTRAINT "?(\w+)"? CHECK ?\( ?"?(\w+)"? IS NOT NULL ?\)/i.exec(action) ?? [];
  if (constraint !== undefined) known.notNull.set(`${table} ${column}`, `${table} ${constraint}`);
  const required = /^ALTER (?:COLUMN )?"?(\w+)"? SET NOT NULL/i.exec(action)?.[1];
  if (required !== undefined) {
    const proof = known.notNull.get(`${table} ${required}`);
    return proof !== undefined && known.validated.has(proof)
      ? null
      : 'sets NOT NULL without a CHECK that an earlier migration has validated';
  }
  const slow = slowActions.find(([form]) => form.test(action));
  if (slow !== undefined) return slow[1];
  const addsColumn = /^ADD (?!CONSTRAINT)/i.test(action);
  if (addsColumn && /\bDEFAULT\b/i.test(action) && !constantDefault.test(action)) {
    return 'adds a column whose default may differ row by row';
  }
  return addsColumn && /\bNOT NULL\b/i.test(action) && !/\bDEFAULT\b/i.test(action)
    ? 'adds a column that has to be filled'
    : null;
}
