import { expect, it } from '@jest/globals';
import { toUserChanges, withoutDoubles } from './users.mapper.js';

it.each<[string[], string[]]>([
  [[], []],
  [['team-lead'], ['team-lead']],
  [
    ['Team-Lead', 'qa', 'team-lead', 'QA', 'qa'],
    ['Team-Lead', 'qa'],
  ],
  [['Ärztin', 'a\u0308rztin'], ['Ärztin']],
])('%j without doubles is %j', (names, kept) => {
  expect(withoutDoubles(names)).toEqual(kept);
});

it('changes what was sent and nothing else', () => {
  expect(toUserChanges({})).toEqual({});
  expect(toUserChanges({ role: 'qa', logins: ['a', 'A'], approver_roles: [], deactivated: false })).toEqual({
    role: 'qa',
    logins: ['a'],
    approverRoles: [],
    deactivated: false,
  });
});
