import fc from 'fast-check';
import { nameKey } from '../../src/catalog/name-key.js';
import { randomRules } from './random-rules.js';

type Fields = Readonly<Record<string, unknown>>;

/** Texts that YAML, or an older YAML, takes for something else, beside those that nobody could confuse. */
const word = fc
  .oneof(
    fc.constantFrom(
      '1.10',
      'no',
      'on',
      'null',
      'true',
      '~',
      '12:30',
      '0x1f',
      '- a',
      'a: b',
      '# c',
      '&x',
      '*x',
      '!y',
      '"q"',
    ),
    fc.constantFrom("it's", 'Größe ✓', '漢字', '%', '@', '[', '{}', '>', '|', '<<', '=', '2026-03-02', '1e3', '.inf'),
    fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 }),
  )
  .filter((text) => text.trim() !== '');
const text = fc.oneof(word, fc.constantFrom('two\nlines', 'a\n\n  b\n', ' spaces ', 'tab\there', 'x'.repeat(200)));
const metadata = fc.dictionary(word, fc.oneof(word, fc.integer(), fc.boolean(), fc.constant(null), fc.array(word)), {
  maxKeys: 3,
});

const environment = fc.record(
  {
    name: word,
    type: fc.constantFrom('dev', 'test', 'staging', 'production', 'other'),
    position: fc.integer({ min: 0, max: 1_000 }),
    stale_after_minutes: fc.integer({ min: 0, max: 1_000 }),
    description: fc.option(text),
    metadata,
  },
  { requiredKeys: ['name'] },
);
const product = fc.record(
  { name: word, type: fc.option(word), description: fc.option(text), metadata },
  { requiredKeys: ['name'] },
);
const role = fc.constantFrom('developer', 'qa', 'viewer', 'release_manager');
const person = fc.record({
  email: fc.integer({ min: 0, max: 99 }).map((number) => `person-${number}@example.com`),
  name: word,
  role,
  approver_roles: fc.uniqueArray(word, { selector: nameKey, maxLength: 3 }),
  logins: fc.uniqueArray(word, { selector: nameKey, maxLength: 3 }),
});
const serviceAccount = fc.record({
  name: word,
  role,
  logins: fc.uniqueArray(word, { selector: nameKey, maxLength: 2 }),
});

const some = (entry: fc.Arbitrary<Fields>, key: string) =>
  fc.uniqueArray(entry, { selector: (fields) => nameKey(String(fields[key])), maxLength: 5 });

/** What a file may say: texts of every kind, and rules of each type. */
export const randomConfiguration: fc.Arbitrary<Fields> = fc.record({
  account: fc.record({
    catalog: fc.constantFrom('open', 'closed'),
    enforce_on_completed: fc.boolean(),
    rate_limit_per_minute: fc.constantFrom(null, 0, 1_000),
  }),
  environments: some(environment, 'name'),
  products: some(product, 'name'),
  // Flows of several rules may go in a circle; those of one cannot.
  rules: randomRules(1),
  people: some(person, 'email'),
  service_accounts: some(serviceAccount, 'name'),
});
