import { inferEnvironmentType } from '../../src/catalog/infer-environment-type.js';
import { nameKey } from '../../src/catalog/name-key.js';
import {
  type Change,
  type Configuration,
  type Fields,
  sections,
  type Thing,
} from '../../src/config-as-code/configuration.js';
import { inOrderOfWork } from '../../src/config-as-code/in-order-of-work.js';

const beginnings: Readonly<Record<string, Fields>> = {
  environments: {
    aliases: [],
    position: 0,
    stale_after_minutes: 120,
    pending_stale_after_hours: 168,
    description: null,
    metadata: {},
    archived: false,
  },
  products: { aliases: [], description: null, type: null, metadata: {}, archived: false },
  rules: { description: null, message: null },
  people: { deactivated: false },
  service_accounts: { deactivated: false },
};

export const emptyConfiguration: Configuration = {
  account: {
    enforce_on_completed: false,
    catalog: 'open',
    rate_limit_per_minute: null,
    time_zone: 'UTC',
    retain_events_days: null,
    retain_checks_days: null,
    retain_audit_days: null,
  },
  environments: [],
  products: [],
  rules: [],
  people: [],
  service_accounts: [],
};

/** What a service holds after changes, without one. */
export function changed(configuration: Configuration, changes: readonly Change[]): Configuration {
  const after = JSON.parse(JSON.stringify(configuration)) as Record<string, unknown> & Configuration;
  for (const change of inOrderOfWork(changes)) {
    const { verb, section, id, wanted } = change;
    if (section === 'account') {
      Object.assign(after.account, wanted);
      continue;
    }
    const things = after[section] as Thing[];
    const index = things.findIndex((thing) => thing.id === id);
    if (verb === 'create') things.push(created(section, wanted, things.length));
    else if (verb === 'update') things[index] = { id: id!, fields: updated(things[index]!.fields, wanted) };
    else if (section === 'rules') things.splice(index, 1);
    else things[index] = { id: id!, fields: { ...things[index]!.fields, archived: true } };
  }
  return after;
}

/** Every thing of a configuration. */
export function thingsOf(configuration: Configuration): readonly Thing[] {
  return sections.flatMap((section) => configuration[section]);
}

function created(section: string, wanted: Fields, number: number): Thing {
  const given = Object.entries(wanted).filter(([field, value]) => value !== undefined && field !== 'formerly');
  const type = section === 'environments' ? { type: inferEnvironmentType(String(wanted['name'])) } : {};
  return { id: `${section}-${number}`, fields: { ...beginnings[section], ...type, ...Object.fromEntries(given) } };
}

/** A rename keeps the name that was there, and names that are aliases of a thing are never its own. */
function updated(before: Fields, wanted: Fields): Fields {
  const after: Record<string, unknown> = { ...before, ...wanted };
  if (!('aliases' in before)) return after;
  const names = new Map(
    [...(after['aliases'] as string[]), String(before['name'])].map((name) => [nameKey(name), name]),
  );
  names.delete(nameKey(String(after['name'])));
  return { ...after, aliases: [...names.values()].sort() };
}
