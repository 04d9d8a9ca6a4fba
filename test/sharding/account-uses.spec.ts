import { describe, expect, it } from '@jest/globals';
import { accountUses } from './account-uses.js';

const tables = new Map([
  ['accounts', 'id'],
  ['products', 'account_id'],
  ['versions', 'account_id'],
]);

/** Each use as `act table tie`. */
async function uses(sql: string): Promise<string[]> {
  return (await accountUses(sql, tables)).map(({ act, table, tie }) => `${act} ${table} ${tie}`);
}

describe('what a use of a table is tied to', () => {
  it.each([
    ['SELECT FROM products WHERE account_id = $1 AND name = $2', ['read products $1']],
    ['SELECT FROM "public"."products" WHERE ("public"."products"."account_id" = $1 AND 1=1)', ['read products $1']],
    [
      'SELECT FROM ONLY products x WHERE account_id OPERATOR(pg_catalog.=) $1::uuid FOR KEY SHARE',
      ['read products $1'],
    ],
    ['SELECT FROM accounts WHERE id = $3', ['read accounts $3']],
    ['SELECT FROM accounts WHERE slug = $1', ['read accounts none']],
    ['SELECT FROM products WHERE id = $1', ['read products none']],
    ['SELECT FROM products WHERE account_id <> $1', ['read products none']],
    ['SELECT FROM products WHERE NOT account_id = $1', ['read products none']],
    ['SELECT FROM products WHERE account_id = $1 OR id = $2', ['read products none']],
    ['SELECT FROM products WHERE (account_id = $1 AND id = $2) OR (account_id = $1 AND id = $3)', ['read products $1']],
    ['SELECT FROM products WHERE account_id = $1 OR account_id = $2', ['read products rows']],
    ['SELECT FROM products WHERE account_id = ANY($1::uuid[])', ['read products rows']],
    ['SELECT FROM products WHERE (account_id, id) = ($1, $2)', ['read products $1']],
    ['SELECT FROM products WHERE (account_id, id) IN (($1, $2), ($3, $4))', ['read products rows']],
    ['SELECT FROM products WHERE id IN (SELECT $1)', ['read products none']],
    [
      'SELECT FROM products p JOIN versions v ON v.account_id = p.account_id WHERE p.account_id = $1',
      ['read products $1', 'read versions $1'],
    ],
    [
      'SELECT FROM products p JOIN versions v USING (account_id, id) WHERE account_id = $1',
      ['read products $1', 'read versions $1'],
    ],
    ['SELECT FROM products p, versions v WHERE p.account_id = $1', ['read products $1', 'read versions none']],
    [
      'SELECT FROM products p JOIN versions v ON v.account_id = p.account_id',
      ['read products none', 'read versions none'],
    ],
    [
      'SELECT FROM products p LEFT JOIN versions v ON v.account_id = p.account_id AND p.account_id = $1',
      ['read products none', 'read versions none'],
    ],
    [
      'SELECT FROM products p LEFT JOIN versions v ON v.account_id = p.account_id WHERE p.account_id = $1',
      ['read products $1', 'read versions $1'],
    ],
    [
      'SELECT FROM products p WHERE account_id = $1 AND EXISTS (SELECT FROM versions v WHERE v.account_id = p.account_id)',
      ['read products $1', 'read versions $1'],
    ],
    [
      'SELECT FROM products p WHERE account_id = $1 AND EXISTS (SELECT FROM versions v WHERE p.account_id = $1)',
      ['read products $1', 'read versions none'],
    ],
    [
      'SELECT FROM unnest($1::uuid[]) AS u (account_id) JOIN products p ON p.account_id = u.account_id',
      ['read products rows'],
    ],
    [
      'WITH p AS (SELECT * FROM products WHERE account_id = $1) SELECT FROM p JOIN versions v USING (account_id)',
      ['read products $1', 'read versions $1'],
    ],
    [
      'SELECT FROM (SELECT $1 AS account_id) x CROSS JOIN LATERAL (SELECT FROM products p WHERE p.account_id = x.account_id) y',
      ['read products constant'],
    ],
    [
      'SELECT FROM products p CROSS JOIN LATERAL (SELECT FROM versions v WHERE v.account_id = p.account_id) y',
      ['read products none', 'read versions none'],
    ],
    [
      'SELECT FROM products WHERE account_id = $1 UNION ALL SELECT FROM versions',
      ['read products $1', 'read versions none'],
    ],
  ])('%s', async (sql, expected) => {
    expect(await uses(sql)).toEqual(expected);
  });

  it.each([
    ['INSERT INTO products (account_id, id) VALUES ($1, $2)', ['insert products $1']],
    ['INSERT INTO products (account_id, id) VALUES ($1, $2), ($3, $4)', ['insert products rows']],
    ['INSERT INTO products (id) VALUES ($1)', ['insert products none']],
    ['INSERT INTO products (id, account_id) SELECT x, $1::uuid FROM unnest($2::uuid[]) x', ['insert products $1']],
    [
      'INSERT INTO versions (account_id, id) SELECT p.account_id, p.id FROM products p WHERE account_id = $1',
      ['read products $1', 'insert versions $1'],
    ],
    [
      'UPDATE products p SET name = x.name FROM versions x WHERE p.account_id = x.account_id AND x.account_id = $2',
      ['update products $2', 'read versions $2'],
    ],
    ['UPDATE products SET name = $1 WHERE id = (SELECT $2::uuid)', ['update products none']],
    ['DELETE FROM products p USING versions v WHERE p.account_id = $1', ['delete products $1', 'read versions none']],
    [
      'WITH gone AS (DELETE FROM products WHERE account_id = $1 RETURNING id) SELECT * FROM gone',
      ['delete products $1'],
    ],
    ['BEGIN', []],
    ['SELECT 1', []],
  ])('%s', async (sql, expected) => {
    expect(await uses(sql)).toEqual(expected);
  });

  it('refuses what it does not understand', async () => {
    await expect(uses('TRUNCATE products')).rejects.toThrow('TruncateStmt');
    await expect(uses('UPDATE products SET account_id = $1 WHERE account_id = $2')).rejects.toThrow('another account');
  });
});
