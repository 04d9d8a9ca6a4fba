import { expect, it } from '@jest/globals';
import { readNames } from './read-claim.js';

const claims = {
  groups: ['a', 'b', 1, null, ['c']],
  role: 'admin',
  'https://example.com/groups': ['x'],
  'realm_access.roles': ['flat'],
  realm_access: { roles: ['nested'], deep: { er: ['deeper'] } },
};

it.each<[string, string[]]>([
  ['groups', ['a', 'b']],
  ['role', ['admin']],
  ['https://example.com/groups', ['x']],
  ['realm_access.roles', ['flat']],
  ['realm_access.deep.er', ['deeper']],
  ['realm_access', []],
  ['realm_access.nothing', []],
  ['role.length', []],
  ['groups.0', ['a']],
  ['constructor.name', []],
  ['__proto__', []],
  ['nothing', []],
])('the claim %s names %j', (name, names) => {
  expect(readNames(claims, name)).toEqual(names);
});
