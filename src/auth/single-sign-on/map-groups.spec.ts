import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Role, roles } from '../permissions.js';
import { mapGroups } from './map-groups.js';

const mapping = {
  roles: new Map<string, Role>([
    ['devs', 'developer'],
    ['leads', 'release_manager'],
    ['CN=Ops, OU=Groups, DC=example', 'sre'],
  ]),
  approverRoles: new Map([
    ['leads', ['team-lead']],
    ['devs', ['Team-Lead', 'reviewer']],
  ]),
};

describe('mapGroups', () => {
  it.each<[string, string[], Role, string[]]>([
    ['no group', [], 'viewer', []],
    ['groups that mean nothing', ['staff', 'Devs', 'devs '], 'viewer', []],
    ['one group', ['CN=Ops, OU=Groups, DC=example'], 'sre', []],
    ['several: the first role of the table', ['devs', 'leads'], 'release_manager', ['team-lead', 'reviewer']],
    ['in another order: the same', ['leads', 'devs', 'leads'], 'release_manager', ['team-lead', 'reviewer']],
    ['the names of objects', ['__proto__', 'constructor'], 'viewer', []],
  ])('%s', (_, groups, role, approverRoles) => {
    expect(mapGroups(groups, mapping)).toEqual({ role, approverRoles });
  });

  it('leaves alone what is not mapped', () => {
    expect(mapGroups(['devs'], { roles: null, approverRoles: null })).toEqual({ role: null, approverRoles: null });
    expect(mapGroups(['devs'], { ...mapping, roles: null }).role).toBeNull();
    expect(mapGroups(['devs'], { ...mapping, approverRoles: null }).approverRoles).toBeNull();
  });

  it('never weakens by one more group, and does not depend on their order', () => {
    const group = fc.constantFrom('devs', 'leads', 'CN=Ops, OU=Groups, DC=example', 'staff');
    fc.assert(
      fc.property(fc.array(group), group, (groups, another) => {
        const [before, after] = [mapGroups(groups, mapping), mapGroups([another, ...groups], mapping)];
        expect(roles.indexOf(after.role!)).toBeLessThanOrEqual(roles.indexOf(before.role!));
        expect(mapGroups([...groups, another], mapping)).toEqual(after);
      }),
    );
  });
});
