import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { changed, emptyConfiguration } from '../../test/support/model-configuration.js';
import type { Configuration } from './configuration.js';
import { describeChanges } from './describe-changes.js';
import { judgeConfiguration } from './judge-configuration.js';
import { toPath } from './read-yaml.js';

const limits = { prune: false, mostRules: 4 };

const judge = (yaml: string, present: Configuration, options: Partial<typeof limits> = {}) =>
  judgeConfiguration(parse(yaml), present, { ...limits, ...options });

function made(yaml: string, present: Configuration = emptyConfiguration): Configuration {
  const { changes, faults } = judge(yaml, present);
  expect(faults).toEqual([]);
  return changed(present, changes);
}

const cooldown = 'type: cooldown, config: {minutes: 5}';
const service = made(`
environments: [{name: staging}, {name: production, aliases: [prod], position: 40}]
products: [{name: shop, metadata: {team: a}}, {name: old}]
rules: [{name: pause, ${cooldown}, products: [shop]}, {name: other, ${cooldown}}]
people:
  - {email: ada@example.com, name: Ada, role: admin}
  - {email: bob@example.com, name: Bob, role: qa, logins: [bob]}
service_accounts: [{name: bot, role: viewer}, {name: twin, role: viewer}]
`);
const archived = changed(service, judge('products: [{name: shop}]', service, { prune: true }).changes);
const twins: Configuration = {
  ...service,
  service_accounts: [...service.service_accounts, { id: 'another', fields: service.service_accounts[1]!.fields }],
};

describe('what a file changes', () => {
  it.each<[what: string, yaml: string, text: string, present?: Configuration, prune?: boolean]>([
    ['nothing of what is so', 'products: [{name: shop}]\nrules: [{name: pause, config: {minutes: 5}}]', ''],
    [
      'what is given',
      'products: [{name: shop, description: Sells}]',
      '~ product "shop"\n    description: null → Sells\n',
    ],
    ['what is cleared', 'products: [{name: shop, metadata: {}}]', '~ product "shop"\n    metadata.team: - a\n'],
    ['the spelling of a name', 'products: [{name: Shop}]', '~ product "shop"\n    name: shop → Shop\n'],
    [
      'a name, for one that it had',
      'environments: [{name: live, aliases: [prod]}]',
      '~ environment "production"\n    name: production → live\n',
    ],
    [
      'a name back to one that it had',
      'environments: [{name: prod}]',
      '~ environment "production"\n    name: production → prod\n',
    ],
    ['no alias of what keeps it', 'environments: [{name: production, aliases: []}]', ''],
    [
      'what is new, as the file has it',
      `rules: [{name: new, ${cooldown}, products: [shop]}]`,
      '+ rule "new"\n    type: cooldown\n    config.minutes: 5\n    products: [shop]\n',
    ],
    [
      'a rule that is called otherwise',
      'rules: [{name: break, formerly: pause}]',
      '~ rule "pause"\n    name: pause → break\n',
    ],
    ['nothing of a rule that was renamed', 'rules: [{name: pause, formerly: before}]', ''],
    ['an id that means the same as the name', 'rules: [{name: pause, products: [products-0]}]', ''],
    [
      'an e-mail',
      'people: [{email: robert@example.com, formerly: bob@example.com}]',
      '~ person "bob@example.com"\n    email: bob@example.com → robert@example.com\n',
    ],
    [
      'somebody who leaves',
      'people: [{email: bob@example.com, deactivated: true}, {email: eve@example.com, name: Eve, role: qa, deactivated: true}]',
      '~ person "bob@example.com"\n    deactivated: false → true\n',
    ],
    ['names without doubles', 'people: [{email: bob@example.com, logins: [bob, BOB]}]', ''],
    [
      'what was archived and is named',
      'products: [{name: old}]',
      '~ product "old"\n    archived: true → false\n',
      archived,
    ],
    [
      'what it does not name of its sections, when asked to',
      'rules: []\nproducts: [{name: shop}]\nservice_accounts: []',
      '- product "old"\n- rule "pause"\n- rule "other"\n',
      service,
      true,
    ],
    ['nothing of what is archived already', 'products: [{name: shop}]', '', archived, true],
    ['a setting', 'account: {catalog: closed, time_zone: UTC}', '~ account\n    catalog: open → closed\n'],
    [
      'the last admin, where there is another then',
      'people: [{email: ada@example.com, role: qa}, {email: bob@example.com, role: admin}]',
      '~ person "ada@example.com"\n    role: admin → qa\n~ person "bob@example.com"\n    role: qa → admin\n',
    ],
    [
      'as many rules as there may be',
      `rules: [{name: a, ${cooldown}}, {name: b, ${cooldown}}]`,
      expect.any(String) as unknown as string,
    ],
  ])('%s', (_, yaml, text, present = service, prune = false) => {
    const { changes, faults } = judge(yaml, present, { prune });
    expect(faults).toEqual([]);
    expect(describeChanges(changes)).toEqual(text);
    expect(judge(yaml, changed(present, changes), { prune })).toEqual({ changes: [], faults: [] });
  });
});

describe('what is wrong with a file', () => {
  it.each<[what: string, yaml: string, faults: string[], present?: Configuration]>([
    ['nothing in it', '', [': the file is empty']],
    ['a list', '[1]', [': value is not a valid dict']],
    ['unknown sections', 'rule: []\nrules: []', ['rule: extra fields not permitted']],
    [
      'sections of another kind',
      'rules: {}\nproducts:',
      ['products: none is not an allowed value', 'rules: value is not a valid list'],
    ],
    [
      'entries of another kind',
      'rules: [1, null]',
      ['rules[0]: value is not a valid dict', 'rules[1]: none is not an allowed value'],
    ],
    [
      'what new things lack',
      'rules: [{name: new}]\npeople: [{role: qa}]',
      [
        'rules[0].type: field required',
        'rules[0].config: field required',
        'people[0].name: field required',
        'people[0].email: field required',
      ],
    ],
    [
      'keys that only REST has',
      'people: [{email: bob@example.com, kind: service, invite: true}]',
      ['people[0].kind: extra fields not permitted', 'people[0].invite: extra fields not permitted'],
    ],
    [
      'what a service account does not have',
      'service_accounts: [{name: bot, email: bot@example.com, approver_roles: [x]}]',
      [
        'service_accounts[0].email: extra fields not permitted',
        'service_accounts[0].approver_roles: extra fields not permitted',
      ],
    ],
    [
      'a configuration, by the type that the rule has',
      'rules: [{name: pause, config: {minutes: 0}}]',
      ['rules[0].config.minutes: ensure this value is greater than or equal to 1'],
    ],
    [
      'another type',
      'rules: [{name: pause, type: concurrency, config: {max_concurrent: 1, per: environment}}]',
      [
        "rules[0].type: value is not a valid enumeration member; permitted: 'cooldown': a rule keeps the type with which it was created",
      ],
    ],
    [
      'the same thing twice',
      'products: [{name: shop}, {name: SHOP}]\nenvironments: [{name: prod}, {name: production}]',
      [
        'environments[1].name: the same environment as environments[0], "prod"',
        'products[1].name: the same product as products[0], "shop"',
      ],
    ],
    [
      'the same new thing twice',
      `rules: [{name: new, ${cooldown}}, {name: New, ${cooldown}}]`,
      ['rules[1].name: the same rule as rules[0], "new"'],
    ],
    [
      'an alias that is the name of another entry',
      'products: [{name: a}, {name: b, aliases: [A]}]',
      ['products[1].aliases: the same product as products[0], "a"'],
    ],
    [
      'an alias that belongs to something else',
      'products: [{name: shop, aliases: [x, OLD]}]',
      ['products[0].aliases[1]: belongs to the product "old" already'],
    ],
    [
      'a name that two service accounts have',
      'service_accounts: [{name: twin, role: qa}]',
      ['service_accounts[0].name: there are 2 service accounts of this name: give each a name of its own first'],
      twins,
    ],
    [
      'nobody left who is an admin',
      'people: [{email: ada@example.com, role: qa}]',
      ['people[0].role: leaves the account without an active admin: make somebody else an admin too'],
    ],
    [
      'the only admin gone',
      'people: [{email: ada@example.com, deactivated: true}]',
      ['people[0].deactivated: leaves the account without an active admin: make somebody else an admin too'],
    ],
    [
      'too many rules',
      `rules: [{name: a, ${cooldown}}, {name: b, ${cooldown}}, {name: c, ${cooldown}}]`,
      ['rules: makes 5 rules; an account may have 4'],
    ],
    [
      'environments beside a flow',
      'rules: [{name: f, type: flow, environments: [x], config: {target_environment: a, required_environments: [a]}}]',
      [
        'rules[0].environments: must be empty beside a flow, whose target_environment says where it applies',
        'rules[0].config.required_environments[0]: a flow must not require its own target',
      ],
    ],
  ])('%s', (_, yaml, faults, present = service) => {
    const found = judge(yaml, present).faults;
    expect(found.map(({ loc, msg }) => `${toPath(loc)}: ${msg}`)).toEqual(faults);
  });

  it('nothing that was so before: an older release may have allowed it', () => {
    const name = 'a\u200Bb';
    const odd = { id: 'odd', fields: { ...service.products[0]!.fields, name } };
    const unreadable = { id: 'rule', fields: { ...service.rules[0]!.fields, config: { minutes: 'five' } } };
    const present = { ...service, products: [odd], rules: [unreadable] };
    const json = { products: [{ name, description: 'x' }], rules: [{ name: 'pause', config: { minutes: 'five' } }] };
    const { faults, changes } = judgeConfiguration(json, present, limits);
    expect({ faults, sections: changes.map(({ section }) => section) }).toEqual({ faults: [], sections: ['products'] });
  });
});
