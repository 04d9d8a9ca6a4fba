/**
 * SQL of the parts of `writeEventPlans` that give their products and environments to names that are new: who loses a
 * race for a name starts over and finds it.
 */
export const newNames = `
named_products AS (
  INSERT INTO product_names (account_id, name_key, product_id, name, created_at)
  SELECT DISTINCT ON (new_product_key) $1::uuid, new_product_key, product_id, new_product_name, now
  FROM input WHERE new_product_key IS NOT NULL ORDER BY new_product_key
  ON CONFLICT DO NOTHING RETURNING product_id, name, created_at
),
new_products AS (
  INSERT INTO products (account_id, id, name, created_at, updated_at)
  SELECT $1::uuid, product_id, name, created_at, created_at FROM named_products
),
named_environments AS (
  INSERT INTO environment_names (account_id, name_key, environment_id, name, created_at)
  SELECT DISTINCT ON (new_environment_key) $1::uuid, new_environment_key, environment_id, new_environment_name, now
  FROM input WHERE new_environment_key IS NOT NULL ORDER BY new_environment_key
  ON CONFLICT DO NOTHING RETURNING environment_id, name, created_at
),
new_environments AS (
  INSERT INTO environments (account_id, id, name, type, position, created_at, updated_at)
  SELECT DISTINCT ON (n.environment_id) $1::uuid, n.environment_id, n.name, x.new_environment_type,
         x.new_environment_position, n.created_at, n.created_at
  FROM named_environments n JOIN input x ON x.environment_id = n.environment_id
  RETURNING id, type, created_at
),
new_environment_types AS (
  INSERT INTO environment_types (account_id, environment_id, valid_from, type)
  SELECT $1::uuid, id, created_at, type FROM new_environments
)`;
