import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import {
  BooleanField,
  DateTimeField,
  DictField,
  EmailField,
  EnumField,
  EnumListField,
  IntegerField,
  ObjectField,
  ObjectListField,
  StringField,
  StringListField,
  UrlField,
  UuidField,
} from './fields.js';
import { readBody, readPath } from './read-input.js';

class PartDto {
  @StringField({ max: 5 })
  name!: string;

  @IntegerField({ min: 1, max: 9, required: false })
  size?: number;
}

const optional = { required: false } as const;
const colours: Readonly<Record<string, string>> = { red: 'red', rouge: 'red', blue: 'blue' };

class ThingDto {
  @StringField({ max: 5, trim: true })
  name!: string;

  @StringField({ max: 3, emptyIsAbsent: true })
  nick?: string;

  @StringField({ max: 3, nullable: true, ...optional })
  note?: string | null;

  @IntegerField({ min: 1, max: 100, ...optional })
  count?: number;

  @BooleanField(optional)
  on?: boolean;

  @EnumField({ values: ['a', 'b'], ...optional })
  letter?: string;

  @EnumField({ values: ['red', 'blue'], read: (text) => colours[text.toLowerCase()] ?? null, max: 10, ...optional })
  colour?: string;

  @UuidField(optional)
  ref?: string;

  @DateTimeField({ emptyIsAbsent: true })
  at?: Date;

  @EmailField(optional)
  mail?: string;

  @UrlField(optional)
  site?: string;

  @DictField({ maxBytes: 100, maxDepth: 3, emptyIsAbsent: true })
  extra?: Record<string, unknown>;

  @StringListField({ max: 3, maxItems: 2, ...optional })
  tags?: string[];

  @EnumListField({ values: ['x', 'y'], maxItems: 5, ...optional })
  kinds?: string[];

  @ObjectField({ of: () => PartDto, ...optional })
  part?: PartDto;

  @ObjectListField({ of: () => PartDto, maxItems: 3, ...optional })
  parts?: PartDto[];
}

function bodyFaults(body: unknown): [string, string, string][] {
  return readBody(ThingDto, body).faults.map(({ loc, msg, type }) => [loc.join('.'), msg, type]);
}

const thing = (fields: object) => ({ name: 'n', ...fields });
const permitted = (...values: string[]) =>
  `value is not a valid enumeration member; permitted: ${values.map((value) => `'${value}'`).join(', ')}`;
const part = { name: 'p' };

type Refused = readonly [loc: string, body: unknown];

describe('reading a body', () => {
  it.each<[msg: string, type: string, ...refused: Refused[]]>([
    [
      'field required',
      'value_error.missing',
      ['body.name', {}],
      ['body.part.name', thing({ part: {} })],
      ['body', undefined],
    ],
    [
      'none is not an allowed value',
      'type_error.none.not_allowed',
      ['body.name', { name: null }],
      ['body.tags.0', thing({ tags: [null] })],
      ['body', null],
    ],
    [
      'str type expected',
      'type_error.str',
      ['body.name', { name: 1.2 }],
      ['body.colour', thing({ colour: 5 })],
      ['body.tags.1', thing({ tags: ['a', 5] })],
    ],
    [
      'ensure this value has at least 1 characters',
      'value_error.any_str.min_length',
      ['body.name', { name: '' }],
      ['body.name', { name: ' ' }],
    ],
    [
      'ensure this value has at most 5 characters',
      'value_error.any_str.max_length',
      ['body.name', { name: 'abcdef' }],
      ['body.name', { name: '😀'.repeat(6) }],
    ],
    [
      'invalid character in string',
      'value_error.str.character',
      ['body.name', { name: 'a\0b' }],
      ['body.name', { name: 'a\ud800' }],
      ['body.extra.a.1', thing({ extra: { a: ['b', 'c\0'] } })],
      ['body.extra.a\0', thing({ extra: { 'a\0': 1 } })],
    ],
    [
      'value is not a valid integer',
      'type_error.integer',
      ['body.count', thing({ count: '5' })],
      ['body.count', thing({ count: 1.5 })],
    ],
    [
      'ensure this value is greater than or equal to 1',
      'value_error.number.not_ge',
      ['body.count', thing({ count: 0 })],
      ['body.parts.1.size', thing({ parts: [part, { ...part, size: 0 }] })],
    ],
    [
      'ensure this value is less than or equal to 100',
      'value_error.number.not_le',
      ['body.count', thing({ count: 101 })],
    ],
    [
      'value could not be parsed to a boolean',
      'type_error.bool',
      ['body.on', thing({ on: 'true' })],
      ['body.on', thing({ on: 1 })],
    ],
    [permitted('a', 'b'), 'type_error.enum', ['body.letter', thing({ letter: 'c' })]],
    [permitted('red', 'blue'), 'type_error.enum', ['body.colour', thing({ colour: 'green' })]],
    [permitted('x', 'y'), 'type_error.enum', ['body.kinds.1', thing({ kinds: ['x', 'z'] })]],
    [
      'value is not a valid uuid',
      'type_error.uuid',
      ['body.ref', thing({ ref: 'abc' })],
      ['body.ref', thing({ ref: 7 })],
    ],
    [
      'invalid datetime format',
      'value_error.datetime',
      ['body.at', thing({ at: 'now' })],
      ['body.at', thing({ at: '2026-01-02T03:04:05' })],
      ['body.at', thing({ at: 5 })],
    ],
    ['value is not a valid email address', 'value_error.email', ['body.mail', thing({ mail: 'a@' })]],
    [
      'invalid or missing URL scheme',
      'value_error.url.scheme',
      ['body.site', thing({ site: 'example.com' })],
      ['body.site', thing({ site: 'javascript:alert(1)' })],
    ],
    [
      'value is not a valid dict',
      'type_error.dict',
      ['body.extra', thing({ extra: [] })],
      ['body.part', thing({ part: 'p' })],
      ['body', []],
      ['body', 'text'],
    ],
    [
      'ensure this value is nested at most 3 levels deep',
      'value_error.dict.max_depth',
      ['body.extra', thing({ extra: { a: { b: { c: [] } } } })],
    ],
    [
      'ensure this value has at most 100 bytes',
      'value_error.dict.max_size',
      ['body.extra', thing({ extra: { a: 'x'.repeat(93) } })],
    ],
    ['value is not a valid list', 'type_error.list', ['body.tags', thing({ tags: 'a' })]],
    [
      'ensure this value has at most 2 items',
      'value_error.list.max_items',
      ['body.tags', thing({ tags: ['a', 'b', 'c'] })],
    ],
  ])('%s: %s', (msg, type, ...refused) => {
    for (const [loc, body] of refused) expect(bodyFaults(body)).toEqual([[loc, msg, type]]);
  });

  it('tells every fault at once, in the order of the fields', () => {
    expect(bodyFaults({ parts: [{}, {}], count: 'x', extra: { b: '\0', a: '\0' } }).map(([loc]) => loc)).toEqual([
      'body.name',
      'body.count',
      'body.extra.b',
      'body.extra.a',
      'body.parts.0.name',
      'body.parts.1.name',
    ]);
  });

  it('hands over what was sent, converted, and nothing else', () => {
    const { value, faults } = readBody(ThingDto, {
      unknown: 1,
      name: ' n ',
      nick: '',
      note: null,
      colour: 'ROUGE',
      ref: '0190B6F2-8C7E-7D3A-9F41-2B6C5D8E9A10',
      at: '2026-01-02T03:04:05.678+01:00',
      extra: null,
      parts: [{ name: 'p', unknown: 2 }],
    });
    expect(faults).toEqual([]);
    expect(value).toBeInstanceOf(ThingDto);
    expect({ ...value }).toEqual({
      name: 'n',
      note: null,
      colour: 'red',
      ref: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a10',
      at: new Date('2026-01-02T02:04:05.678Z'),
      parts: [{ name: 'p' }],
    });
    expect(Object.keys(value)).not.toContain('nick');
  });

  it.each([
    ['five characters of two units each', { name: '😀😀😀😀😀' }],
    ['a dict of three levels', { name: 'n', extra: { a: { b: { c: 1 } } } }],
    ['a dict of a hundred bytes', { name: 'n', extra: { a: 'x'.repeat(92) } }],
  ])('takes %s', (_, body) => {
    expect(bodyFaults(body)).toEqual([]);
  });

  it.each(['{"name":"n","__proto__":{"on":true}}', '{"name":"n","constructor":{"prototype":{"on":true}}}'])(
    'takes nothing over from %s',
    (json) => {
      const { value } = readBody(ThingDto, JSON.parse(json));
      expect({ ...value }).toEqual({ name: 'n' });
      expect(value.on).toBeUndefined();
      expect(({} as { on?: boolean }).on).toBeUndefined();
    },
  );
});

describe('reading a path', () => {
  it('says where', () => {
    expect(readPath(PartDto, { name: 'too long' }).faults).toEqual([
      {
        loc: ['path', 'name'],
        msg: 'ensure this value has at most 5 characters',
        type: 'value_error.any_str.max_length',
      },
    ]);
  });
});
