import { expect, it } from '@jest/globals';
import { ruleExamples } from './rule-examples.js';
import { unknownKeyWarnings } from './unknown-keys.js';

it.each([
  [{ name: 'freeze', environment: ['production'], statsu: 'report_only' }, ['environment', 'statsu']],
  [{ id: 'x', revision: 2, warnings: [], created_by: null, updated_at: '', created_at: '' }, []],
  [null, []],
  ['text', []],
])('tells of what a rule does not have: %o', (sent, keys) => {
  expect(unknownKeyWarnings(sent)).toEqual(keys.map((key) => `"${key}" was ignored: a rule has no such key`));
});

it.each(Object.values(ruleExamples))('knows every key of a rule: %o', (rule) => {
  expect(unknownKeyWarnings(rule)).toEqual([]);
});
