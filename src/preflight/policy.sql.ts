const uuid = `'^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'`;

/** Every name of what the keys of a scope mean, and those that mean nothing yet: an id before a name. */
const scopeKeys = (keys: string, things: 'products' | 'environments', thing: 'product' | 'environment') => `
  (SELECT coalesce(json_agg(DISTINCT coalesce(alias.name_key, k)), '[]')
   FROM unnest(${keys}) AS k
   LEFT JOIN ${things} q ON q.account_id = $1::uuid AND q.id = CASE WHEN k ~ ${uuid} THEN k::uuid END
   LEFT JOIN ${thing}_names n ON n.account_id = $1::uuid AND n.name_key = k AND q.id IS NULL
   LEFT JOIN ${thing}_names alias ON alias.account_id = $1::uuid AND alias.${thing}_id = coalesce(q.id, n.${thing}_id))`;

/**
 * SQL of the policy of account $1 as one JSON value, as `toPolicy` reads it: the rules, the names that their scopes mean,
 * and the types of the environments. Read only where the rules have changed.
 * Plan: the account's rules by their index, a primary key look-up for each name in a scope.
 */
export const policyJson = `
SELECT json_build_object(
  'rules', (
    SELECT coalesce(json_agg(json_build_object('id', r.id, 'revision', r.revision, 'name', r.name, 'message', r.message,
        'type', r.type, 'status', r.status, 'config', r.config, 'environment_types', r.environment_types,
        'product_keys', ${scopeKeys('r.product_keys', 'products', 'product')},
        'environment_keys', ${scopeKeys('r.environment_keys', 'environments', 'environment')})
        ORDER BY r.created_at, r.id), '[]')
    FROM deployment_rules r WHERE r.account_id = $1::uuid AND r.deleted_at IS NULL),
  'environments', (
    SELECT coalesce(json_object_agg(n.name_key, e.type), '{}')
    FROM environments e JOIN environment_names n ON n.account_id = e.account_id AND n.environment_id = e.id
    WHERE e.account_id = $1::uuid
      AND EXISTS (SELECT FROM deployment_rules r WHERE r.account_id = $1::uuid AND r.deleted_at IS NULL
        AND r.environment_types <> '{}')))`;
