import type pg from 'pg';

/** A product with another name; the one that it had stays an alias. */
export async function renameProduct(database: pg.Client, id: string, name: string): Promise<void> {
  await database.query(
    `INSERT INTO product_names (account_id, name_key, product_id, name, created_at)
     SELECT account_id, lower($2), id, $2, created_at FROM products WHERE id = $1`,
    [id, name],
  );
  await database.query('UPDATE products SET name = $2 WHERE id = $1', [id, name]);
}
