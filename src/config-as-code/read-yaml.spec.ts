import { describe, expect, it } from '@jest/globals';
import { maxFileBytes, readYaml } from './read-yaml.js';

const bytes = (text: string) => Buffer.from(text);

function faultsOf(text: string | Uint8Array): string[] {
  const reading = readYaml(typeof text === 'string' ? bytes(text) : text);
  if ('file' in reading) throw new Error(`It was read: ${JSON.stringify(reading.file.json)}`);
  return reading.faults.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

function read(text: string) {
  const reading = readYaml(bytes(text));
  if ('faults' in reading) throw new Error(JSON.stringify(reading.faults));
  return reading.file;
}

const laughs = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
  .concat([...'bcdefghi'].map((name, i) => `${name}: &${name} [${`*${'abcdefgh'[i]!}, `.repeat(9)}x]`))
  .join('\n');
const wide = `a: &a [${'x, '.repeat(2_000)}x]\nb: [${'*a, '.repeat(999)}*a]`;

describe('readYaml', () => {
  it.each<[what: string, text: string, json: unknown]>([
    [
      'texts that other versions of YAML take for something else',
      'a: no\nb: on\nc: 12:30',
      { a: 'no', b: 'on', c: '12:30' },
    ],
    ['numbers', 'a: 1.10\nb: 0o17\nc: -3', { a: 1.1, b: 15, c: -3 }],
    ['Windows line ends', 'a: 1\r\nb:\r\n  - x\r\n', { a: 1, b: ['x'] }],
    ['a byte order mark', '\uFEFFa: 1', { a: 1 }],
    ['anchors', 'a: &a {x: 1}\nb: [*a, *a]', { a: { x: 1 }, b: [{ x: 1 }, { x: 1 }] }],
    ['an anchor named often', `a: &a {x: 1}\nb: [${'*a, '.repeat(1_500)}*a]`, expect.anything()],
    ['tags that change nothing', 'a: !!str 1.10', { a: '1.10' }],
    ['comments alone', '# nothing\n', null],
    ['a key that means something in JavaScript', '__proto__: 1', JSON.parse('{"__proto__": 1}')],
  ])('reads %s', (_, text, json) => {
    expect(read(text).json).toEqual(json);
  });

  it.each<[what: string, text: string | Uint8Array, ...faults: string[]]>([
    ['a key twice', 'a: 1\nb: 2\na: 3', '3:1: Map keys must be unique'],
    ['a tab', 'a:\n\tb: 1', '2:1: a tab indents this line; allowed: spaces'],
    [
      'several faults',
      'a: [1, 2\nb: "x\n',
      '2:1: Flow sequence in block collection must be sufficiently indented and end with a ]',
      '3:1: Missing closing "quote',
    ],
    ['a second document', 'a: 1\n---\nb: 2', '2:1: a second document begins here; allowed: one document in a file'],
    ['YAML 1.1', '%YAML 1.1\n---\na: no', '1:1: YAML 1.1; allowed: YAML 1.2'],
    ['a tag of its own', 'a: !env HOME', '1:4: Unresolved tag: !env'],
    ['bytes', 'a: !!binary aGk=', '1:13: the tag tag:yaml.org,2002:binary has no meaning here'],
    ['a list as a key', '? [a]\n: 1', '1:3: a key must be a plain text'],
    [
      'what is no number in JSON',
      'a: .nan',
      '1:4: .nan cannot be kept as a number: write it in quotes if it is a text',
    ],
    [
      'a number that would be rounded',
      'a: 12345678901234567890',
      '1:4: 12345678901234567890 cannot be kept as a number: write it in quotes if it is a text',
    ],
    ['an alias of nothing', 'a: 1\nb: *x', '2:4: there is no anchor &x before this alias'],
    ['an anchor in itself', 'a: &a\n  - *a', '2:5: the anchor &a contains itself'],
    [
      'ten lines of a billion',
      laughs,
      '1:1: anchors and aliases add up to more than can be read: write out what they stand for',
    ],
    [
      'two lines of two million',
      wide,
      '1:1: anchors and aliases add up to more than can be read: write out what they stand for',
    ],
    ['no UTF-8', new Uint8Array([0x61, 0x3a, 0x20, 0xff]), '1:1: the file is not UTF-8'],
    ['UTF-16', Buffer.from('\uFEFFa: 1', 'utf16le'), '1:1: the file is not UTF-8'],
    ['a file that is too large', Buffer.alloc(maxFileBytes + 1, 0x20), '1:1: the file is larger than 5 MiB'],
  ])('refuses %s', (_, text, ...faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });
});

it('refuses lists in lists without end', () => {
  const [first] = faultsOf('['.repeat(50_000) + ']'.repeat(50_000));
  expect(first).toMatch(/^1:\d+: this is nested too deep$/);
});

describe('the place of a fault', () => {
  const text = `rules:
  - name: one
    config: &c
      windows: [{start_time: "35:00"}]
  - name: 1.10
    status:
    config: *c
`;
  const msg = 'wrong';
  const at = (loc: (string | number)[], type = 'value_error', words = msg) =>
    read(text)
      .place([{ loc, msg: words, type }])
      .map(({ line, column, path, message }) => `${line}:${column}: ${path}: ${message}`);

  it.each<[what: string, loc: (string | number)[], type: string, place: string]>([
    ['a value', ['rules', 0, 'name'], 'value_error', '2:11: rules[0].name: wrong'],
    [
      'a value inside',
      ['rules', 0, 'config', 'windows', 0, 'start_time'],
      'value_error',
      '4:30: rules[0].config.windows[0].start_time: wrong',
    ],
    [
      'a value that an alias stands for',
      ['rules', 1, 'config', 'windows', 0, 'start_time'],
      'value_error',
      '4:30: rules[1].config.windows[0].start_time: wrong',
    ],
    ['an unknown key', ['rules', 0, 'config'], 'value_error.extra', '3:5: rules[0].config: wrong'],
    ['a key without a value', ['rules', 1, 'status'], 'type_error.none', '6:5: rules[1].status: wrong'],
    ['what is missing', ['rules', 1, 'type'], 'value_error.missing', '5:5: rules[1].type: wrong'],
    ['what is missing at the top', ['people'], 'value_error.missing', '1:1: people: wrong'],
    ['an item that is not there', ['rules', 7], 'value_error', '2:3: rules[7]: wrong'],
    ['a key that needs quotes', ['rules', 0, 'config', 'a b'], 'value_error', '4:7: rules[0].config."a b": wrong'],
  ])('%s', (_, loc, type, place) => {
    expect(at(loc, type)).toEqual([place]);
  });

  it('says how a number becomes a text', () => {
    expect(at(['rules', 1, 'name'], 'type_error.str', 'str type expected')).toEqual([
      '5:11: rules[1].name: str type expected, and this is a number: write it in quotes, "1.10"',
    ]);
  });

  it('is told in the order of the file', () => {
    const faults = [
      ['rules', 1, 'name'],
      ['rules', 0, 'name'],
    ].map((loc) => ({ loc, msg, type: 'value_error' }));
    expect(
      read(text)
        .place(faults)
        .map(({ line }) => line),
    ).toEqual([2, 5]);
  });
});
