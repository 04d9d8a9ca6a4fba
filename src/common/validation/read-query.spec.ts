import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import {
  QueryBooleanField,
  QueryDateTimeField,
  QueryEnumListField,
  QueryIntegerField,
  QueryListField,
  QueryStringField,
} from './query-fields.js';
import { readQuery } from './read-input.js';

const colours: Readonly<Record<string, string>> = { red: 'red', rouge: 'red', blue: 'blue' };

class SearchQuery {
  @QueryIntegerField({ min: 1, max: 200, default: 50 })
  limit!: number;

  @QueryStringField({ max: 5 })
  name?: string;

  @QueryListField({})
  product?: string[];

  @QueryEnumListField({ values: ['red', 'blue'], read: (text) => colours[text] ?? null })
  colour?: string[];

  @QueryBooleanField({})
  active?: boolean;

  @QueryDateTimeField({})
  from?: Date;
}

describe('reading a query string', () => {
  it('makes values of text, and lists of what is repeated', () => {
    const { value, faults } = readQuery(SearchQuery, {
      product: 'a',
      colour: ['rouge', 'blue'],
      active: 'true',
      from: '2026-01-02T03:04:05 02:00',
    });
    expect(faults).toEqual([]);
    expect({ ...value }).toEqual({
      limit: 50,
      product: ['a'],
      colour: ['red', 'blue'],
      active: true,
      from: new Date('2026-01-02T01:04:05Z'),
    });
  });

  it('refuses what it cannot read, and parameters that nobody declared', () => {
    const { faults } = readQuery(SearchQuery, {
      limit: '0',
      name: ['a', 'b'],
      product: ['a', ''],
      active: 'yes',
      nme: 'x',
      __proto__x: '1',
    });
    expect(faults).toEqual([
      {
        loc: ['query', 'limit'],
        msg: 'ensure this value is greater than or equal to 1',
        type: 'value_error.number.not_ge',
      },
      { loc: ['query', 'name'], msg: 'str type expected', type: 'type_error.str' },
      {
        loc: ['query', 'product', 1],
        msg: 'ensure this value has at least 1 characters',
        type: 'value_error.any_str.min_length',
      },
      { loc: ['query', 'active'], msg: 'value could not be parsed to a boolean', type: 'type_error.bool' },
      { loc: ['query', 'nme'], msg: 'extra fields not permitted', type: 'value_error.extra' },
      { loc: ['query', '__proto__x'], msg: 'extra fields not permitted', type: 'value_error.extra' },
    ]);
    expect(readQuery(SearchQuery, { limit: 'ten' }).faults[0]?.msg).toBe('value is not a valid integer');
  });
});
