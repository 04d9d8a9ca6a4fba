import pg from 'pg';

const hour = 3_600_000;

/**
 * Lays a history by hand, as events would have left it: each version is built, deployed to dev, approved by three people
 * and deployed to staging and production, one attempt in twenty was refused, and attempts are spread evenly over 90 days.
 * Answers its first and last instant.
 */
export async function layHistory(databaseUrl, { attempts, products = 20 }) {
  const to = Date.now();
  const from = to - 90 * 24 * hour;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const number = (value) => Math.round(value).toString();
    const stepMs = Math.floor((to - from) / attempts);
    const text = script
      .replaceAll(':from', `to_timestamp(${number(from / 1000)})`)
      .replaceAll(':step', `interval '${stepMs} ms'`)
      .replaceAll(':attempts', number(attempts))
      .replaceAll(':products', number(products));
    await client.query(text);
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
  return { from: new Date(from), to: new Date(to) };
}

const script = `
CREATE FUNCTION pg_temp.id_at(at timestamptz, kind int, n int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(kind), 3, '0')
    || '8' || lpad(to_hex(n), 15, '0'))::uuid $$;

CREATE TEMP TABLE places AS
  SELECT n, name, type, pg_temp.id_at(:from, 1, n) AS id
  FROM (VALUES (0, 'dev', 'dev'), (1, 'staging', 'staging'), (2, 'production', 'production')) AS e (n, name, type);
-- What comes to staging now came to dev six rounds of all products ago.
CREATE TEMP TABLE tried AS
  SELECT i, version, version % :products AS product, i % 3 AS place, i % 20 = 7 AS refused,
         :from + i * :step AS at, pg_temp.id_at(:from + i * :step, 10, i) AS id,
         pg_temp.id_at(:from + i * :step, 9, i) AS deployment_id, pg_temp.id_at(:from, 3, version) AS version_id,
         pg_temp.id_at(:from, 2, version % :products) AS product_id
  FROM generate_series(0, :attempts - 1) AS i, LATERAL (SELECT i / 3 + (2 - i % 3) * 6 * :products AS version) AS l;

INSERT INTO products (account_id, id, name, created_at, updated_at)
  SELECT a.id, pg_temp.id_at(:from, 2, n), 'service-' || n, :from, :from FROM accounts a, generate_series(0, :products - 1) AS n;
INSERT INTO product_names (account_id, name_key, product_id, name, created_at)
  SELECT account_id, name, id, name, created_at FROM products;
INSERT INTO environments (account_id, id, name, type, position, created_at, updated_at)
  SELECT a.id, e.id, e.name, e.type, e.n, :from, :from FROM accounts a, places e;
INSERT INTO environment_names (account_id, name_key, environment_id, name, created_at)
  SELECT account_id, name, id, name, created_at FROM environments;
INSERT INTO environment_types (account_id, environment_id, valid_from, type)
  SELECT account_id, id, created_at, type FROM environments;
INSERT INTO environment_states (account_id, product_id, environment_id, revision, updated_at)
  SELECT p.account_id, p.id, e.id, 1, :from FROM products p, environments e;
INSERT INTO versions (account_id, id, product_id, version, scm_sha, created_at, updated_at)
  SELECT DISTINCT ON (t.version) a.id, t.version_id, t.product_id, '1.' || t.version, md5(t.version::text) || '00000000', t.at, t.at
  FROM accounts a, tried t ORDER BY t.version, t.i;
INSERT INTO version_shas (account_id, version_id, valid_from, scm_sha)
  SELECT account_id, id, created_at - interval '1 hour', scm_sha FROM versions;
INSERT INTO builds (account_id, id, product_id, version_id, status, created_at, updated_at)
  SELECT account_id, id, product_id, id, 'completed', created_at, created_at FROM versions;
INSERT INTO build_events (account_id, id, build_id, version_id, status, payload, received_at)
  SELECT account_id, pg_temp.id_at(created_at - lasted, 4, substr(version, 3)::int), id, id, status, '{"built_by": "octocat", "built_by_email": "octocat@example.com"}', created_at - lasted
  FROM versions, (VALUES ('started', interval '70 minutes'), ('completed', interval '1 hour')) AS s (status, lasted);
INSERT INTO users (account_id, id, email, email_key, name, logins, created_at, updated_at)
  SELECT a.id, pg_temp.id_at(:from, 5, n), 'lead-' || n || '@example.com', 'lead-' || n || '@example.com', 'Lead ' || n, ARRAY['lead-' || n], :from, :from
  FROM accounts a, generate_series(1, 8) AS n;
INSERT INTO approvals (account_id, id, version_id, environment_id, user_id, decision, approval_type, roles, scm_sha, created_at, withdrawn_at)
  SELECT v.account_id, pg_temp.id_at(v.created_at + later, 5 + said.n, substr(v.version, 3)::int), v.id, e.id, pg_temp.id_at(:from, 5, said.n + (hashtext(v.version) & 3)),
         'approved', said.type, ARRAY['release_manager', 'team-lead'], v.scm_sha, v.created_at + later,
         CASE WHEN hashtext(v.version) & 7 = said.n THEN v.created_at + later + interval '1 minute' END
  FROM versions v, (VALUES (1, NULL, interval '8 minutes', NULL), (2, NULL, interval '9 minutes', NULL),
    (3, 'staging', interval '20 hours', 'qa')) AS said (n, environment, later, type) LEFT JOIN places e ON e.name = environment;

INSERT INTO deployments (account_id, id, product_id, version_id, environment_id, status, invoke_id, deployed_by, deployed_by_email,
    preflight_status, started_at, completed_at, start_received_at, last_event_at, effective_completed_at, created_at, updated_at)
  SELECT a.id, t.deployment_id, t.product_id, t.version_id, e.id, 'completed', t.i::text, 'octocat', 'octocat@example.com',
    'passed', t.at, t.at + took, t.at, t.at + took, t.at + took, t.at, t.at + took
  FROM accounts a, places e, tried t, LATERAL (SELECT (60 + t.i * 37 % 1200) * interval '1 s' AS took) AS l
  WHERE e.n = t.place AND NOT t.refused;
INSERT INTO preflight_checks (account_id, id, product_id, version_id, environment_id, deployment_id, outcome, status_code, code,
    message, invoke_id, deployed_by, policy_revision, violations, rules_evaluated, facts, attempt, checked_at)
  SELECT a.id, t.id, t.product_id, t.version_id, e.id, CASE WHEN NOT t.refused THEN t.deployment_id END,
    CASE WHEN t.refused THEN 'blocked' ELSE 'passed' END, CASE WHEN t.refused THEN 409 ELSE 201 END,
    CASE WHEN t.refused THEN 'CONCURRENT_DEPLOYMENT' END, CASE WHEN t.refused THEN 'Another deployment is in progress' END,
    t.i::text, 'octocat', 1, CASE WHEN t.refused THEN '[{"code": "CONCURRENT_DEPLOYMENT"}]' ELSE '[]' END::jsonb, rules.list,
    jsonb_build_object('now', t.at, 'product_name', 'service-' || t.product, 'version', '1.' || t.version, 'environment_name', e.name,
      'environment_id', e.id, 'replaces', NULL, 'deployers', ARRAY['octocat', 'octocat@example.com']),
    jsonb_build_object('id', t.deployment_id, 'product_id', t.product_id, 'version_id', t.version_id, 'environment_id', e.id,
      'status', 'started', 'end_reason', NULL, 'source_system', 'github', 'build_number', t.version::text,
      'build_url', 'https://ci.example.com/builds/' || t.version, 'deploy_url', 'https://ci.example.com/deploys/' || t.i,
      'invoke_id', t.i::text, 'scm_sha', md5(t.version::text) || '00000000', 'scm_branch', 'main',
      'scm_repository', 'https://github.com/example/service-' || t.product, 'deployed_by', 'octocat',
      'deployed_by_email', 'octocat@example.com', 'deployed_by_name', 'Mona Lisa', 'preflight_status', 'passed', 'started_at', t.at,
      'completed_at', NULL, 'start_received_at', t.at, 'last_event_at', t.at, 'effective_completed_at', NULL, 'extra_metadata',
      jsonb_build_object('preflight_status', jsonb_build_object('status', 'passed', 'checked_at', t.at, 'warnings', '[]'::jsonb, 'rules_evaluated', rules.list)),
      'created_at', t.at, 'updated_at', t.at), t.at
  FROM accounts a, places e, tried t, (SELECT jsonb_agg(jsonb_build_object('rule_id', NULL, 'rule_name', 'Concurrency (built in)',
    'rule_type', 'concurrency', 'status', 'enabled', 'evaluation_result', 'passed', 'error_code', NULL, 'error_message', NULL)) AS list) AS rules
  WHERE e.n = t.place;
INSERT INTO deployment_events (account_id, id, deployment_id, preflight_check_id, version_id, environment_id, type, status, invoke_id, payload, received_at)
  SELECT d.account_id, pg_temp.id_at(at, 11, d.invoke_id::int), d.id, NULL, d.version_id, d.environment_id, 'deployment.' || s.status, s.status, d.invoke_id,
    '{}', at
  FROM deployments d, LATERAL (VALUES ('started', d.start_received_at), ('completed', d.last_event_at)) AS s (status, at);
`;
