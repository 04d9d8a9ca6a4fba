import type { Fault } from '../common/errors/invalid.error.js';
import type { Change, Fields, Thing } from './configuration.js';

/** Every account keeps at least one admin who can call: whoever a file takes the last ones from is told of each. */
export function judgeAdmins(changes: readonly Change[], people: readonly Thing[]): Fault[] {
  if (!people.some(({ fields }) => isAdmin(fields))) return [];
  const ofPeople = changes.filter(({ section }) => section === 'people');
  const after = people.map(({ id, fields }) =>
    afterwards(
      fields,
      ofPeople.find((change) => change.id === id),
    ),
  );
  const made = ofPeople.filter(({ verb }) => verb === 'create').map((change) => afterwards({}, change));
  if ([...after, ...made].some(isAdmin)) return [];
  return ofPeople
    .filter(({ id }) => isAdmin(people.find((person) => person.id === id)?.fields ?? {}))
    .map(({ loc, fields }) => {
      const field = fields.find(({ field }) => field === 'role' || field === 'deactivated')!.field;
      const msg = 'leaves the account without an active admin: make somebody else an admin too';
      return { loc: [...loc, field], msg, type: 'value_error.last_admin' };
    });
}

function afterwards(fields: Fields, change: Change | undefined): Fields {
  return { ...fields, ...Object.fromEntries((change?.fields ?? []).map(({ field, after }) => [field, after])) };
}

function isAdmin(fields: Fields): boolean {
  return fields['role'] === 'admin' && fields['deactivated'] !== true;
}
