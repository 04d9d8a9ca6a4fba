import type pg from 'pg';

/** A product with another name; the one that it had stays an alias. */
export async function renameProduct(database: pg.Client, id: string, name: string): Promise<void> {
  await database.query(
    `INSERT INTO product_names (account_id, name_key, product_id, name, created_at)
     SELECT account_id, lower($2), id, $2, created_at FROM products WHERE id = $1`,
    [id, name],
  );
  // A name changes what scopes mean.
  await database.query(
    `WITH product AS (UPDATE products SET name = $2 WHERE id = $1 RETURNING account_id)
     UPDATE accounts a SET policy_revision = policy_revision + 1, rules_revision = rules_revision + 1
     FROM product p WHERE a.id = p.account_id`,
    [id, name],
  );
}
