-- What years of use leave behind, laid set by set: bench/harness/fill.mjs runs the parts one after the other, each under
-- the name in its line `-- part:`, in one transaction and without triggers and foreign keys. Tokens: :rows deployments,
-- :from and :step in milliseconds, :recorded the first deployment whose check and audit entry are still kept.

-- part: preparing
CREATE FUNCTION pg_temp.at(ms bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
  $$ SELECT timestamptz '1970-01-01 00:00:00+00' + ms * interval '1 millisecond' $$;
-- As the service makes them: version 7, the time first. Three hexadecimal digits tell the kinds apart.
CREATE FUNCTION pg_temp.id(ms bigint, kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
  $$ SELECT ('0' || to_hex(ms) || '7' || kind || '8' || lpad(to_hex(n), 15, '0'))::uuid $$;
-- The last 60 are under way, half a minute apart.
CREATE FUNCTION pg_temp.ms(i bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
  $$ SELECT CASE WHEN i < :rows - 60 THEN :from + i * :step ELSE :from + :rows * :step + 1800000 - (:rows - i) * 30000 END $$;
CREATE TEMP TABLE account AS
  SELECT a.id, (SELECT k.id FROM api_keys k WHERE k.account_id = a.id LIMIT 1) AS key_id FROM accounts a;
-- 1,000 products, each in the first four of 20 environments and in four of the others.
CREATE TEMP TABLE cells AS
  SELECT n, n / 8 AS product, pg_temp.id(:from - 1000, '001', n / 8) AS product_id,
    pg_temp.id(:from - 1000, '002', e) AS environment_id
  FROM generate_series(0, 7999) AS n, LATERAL (
    SELECT CASE WHEN n % 8 < 4 THEN n % 8 ELSE 4 + 4 * (n / 8 % 4) + n % 4 END AS e) AS l;
ANALYZE cells;
-- The same every time, and no pattern.
CREATE FUNCTION pg_temp.dice(i bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT (hashint8(i) & 2147483647)::bigint $$;
-- Round after round through all cells, the versions counted by rounds; every second one goes to the busiest tenth. Those
-- under way are where no event of a bench comes.
CREATE FUNCTION pg_temp.round(i bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
  $$ SELECT CASE WHEN i >= :rows - 60 THEN (:rows - 8000) / 16000 WHEN i < 8000 THEN 0 WHEN i % 2 = 0 THEN (i - 8000) / 16000 + 1 ELSE (i - 8000) / 1600 END $$;
CREATE FUNCTION pg_temp.series(i bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
  $$ SELECT CASE WHEN i < 8000 OR i % 2 = 0 OR i >= :rows - 60 THEN 1 ELSE 2 END $$;
CREATE FUNCTION pg_temp.cell(i bigint) RETURNS int LANGUAGE sql IMMUTABLE AS
  $$ SELECT (CASE WHEN i >= :rows - 60 THEN 8 * (300 + :rows - i) + i % 8 WHEN i < 8000 THEN i * 3001 % 8000 WHEN i % 2 = 0 THEN (i - 8000) / 2 * 3001 % 8000
      ELSE (i - 8000) / 2 * 301 % 800 END)::int $$;
-- A version is two hours older than the first deployment of its round.
CREATE FUNCTION pg_temp.made(series bigint, round bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
  $$ SELECT :from - 7200000 + :step * (CASE WHEN series = 2 THEN 8001 + round * 1600 WHEN round = 0 THEN 0
      ELSE 8000 + (round - 1) * 16000 END) $$;
CREATE FUNCTION pg_temp.version_id(series bigint, round bigint, product bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
  $$ SELECT pg_temp.id(pg_temp.made(series, round), '003', (series << 48) + (round << 16) + product) $$;
CREATE FUNCTION pg_temp.sha(series bigint, round bigint, product bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT md5(series || '.' || round || '.' || product) || '00c0ffee' $$;

-- part: products, environments, users
INSERT INTO products (account_id, id, name, type, created_at, updated_at)
  SELECT a.id, pg_temp.id(:from - 1000, '001', n), 'service-' || n, 'service', pg_temp.at(:from - 1000), pg_temp.at(:from - 1000)
  FROM account a, generate_series(0, 999) AS n;
INSERT INTO product_names (account_id, name_key, product_id, name, created_at)
  SELECT account_id, name, id, name, created_at FROM products;
INSERT INTO environments (account_id, id, name, type, position, created_at, updated_at)
  SELECT a.id, pg_temp.id(:from - 1000, '002', n), type || CASE WHEN n < 4 THEN '' ELSE '-' || n / 4 + 1 END, type, n,
    pg_temp.at(:from - 1000), pg_temp.at(:from - 1000)
  FROM account a, generate_series(0, 19) AS n,
    LATERAL (SELECT (ARRAY['dev', 'test', 'staging', 'production'])[n % 4 + 1] AS type) AS t;
INSERT INTO environment_names (account_id, name_key, environment_id, name, created_at)
  SELECT account_id, name, id, name, created_at FROM environments;
INSERT INTO environment_types (account_id, environment_id, valid_from, type)
  SELECT account_id, id, created_at, type FROM environments;
INSERT INTO environment_states (account_id, product_id, environment_id, revision, updated_at)
  SELECT a.id, c.product_id, c.environment_id, 1, pg_temp.at(:from) FROM account a, cells c;
INSERT INTO users (account_id, id, email, email_key, name, logins, created_at, updated_at)
  SELECT a.id, pg_temp.id(:from - 1000, '004', n), who || '@example.com', who || '@example.com', who, ARRAY[who],
    pg_temp.at(:from - 1000), pg_temp.at(:from - 1000)
  FROM account a, generate_series(0, 199) AS n, LATERAL (SELECT 'user-' || n AS who) AS w;
INSERT INTO user_roles (account_id, user_id, valid_from, role, approver_roles)
  SELECT account_id, id, created_at, 'release_manager', '{lead}' FROM users u WHERE name LIKE 'user-%';

-- part: versions
INSERT INTO versions (account_id, id, product_id, version, scm_sha, sha_fixed_at, scm_branch, scm_repository, revision,
    created_at, updated_at)
  SELECT a.id, pg_temp.version_id(v.series, v.round, v.product), pg_temp.id(:from - 1000, '001', v.product),
    v.series || '.' || v.round, pg_temp.sha(v.series, v.round, v.product), pg_temp.at(v.ms), 'main',
    'example/service-' || v.product, 2, pg_temp.at(v.ms), pg_temp.at(v.ms)
  FROM account a, (
    SELECT s.series, round, product, pg_temp.made(s.series, round) AS ms
    FROM (VALUES (1, 999, (:rows - 8000) / 16000 + 1), (2, 99, (:rows - 8000) / 1600)) AS s (series, last, rounds),
      generate_series(0, s.rounds) AS round, generate_series(0, s.last) AS product ORDER BY ms) AS v;

-- part: builds and approvals
INSERT INTO version_shas (account_id, version_id, valid_from, scm_sha)
  SELECT account_id, id, created_at, scm_sha FROM versions;
-- Most are completed; one in 30 failed, and of the latest some are under way.
INSERT INTO builds (account_id, id, product_id, version_id, status, source_system, build_number, invoke_id, build_url,
    scm_sha, scm_branch, scm_repository, built_by, started_at, completed_at, created_at, updated_at)
  SELECT account_id, id, product_id, id, status, 'github', n::text, n::text, 'https://ci.example.com/builds/' || n, scm_sha,
    scm_branch, scm_repository, 'user-' || n * 17 % 200, created_at - interval '20 minutes',
    CASE WHEN status <> 'started' THEN created_at END, created_at - interval '20 minutes', created_at
  FROM (SELECT *, row_number() OVER (ORDER BY created_at, id) AS n, count(*) OVER () AS count FROM versions) AS v,
    LATERAL (SELECT CASE WHEN n > count - 20 THEN 'started' WHEN n % 30 = 0 THEN 'failed' ELSE 'completed' END AS status) AS s;
INSERT INTO build_events (account_id, id, build_id, version_id, status, invoke_id, payload, received_at)
  SELECT b.account_id, pg_temp.id((extract(epoch FROM e.at) * 1000)::bigint, '00' || e.n, b.build_number::bigint), b.id,
    b.version_id, e.status, b.invoke_id, '{"built_by": "octocat", "source_system": "github"}', e.at
  FROM builds b, LATERAL (VALUES (5, 'started', b.created_at), (6, b.status, b.updated_at)) AS e (n, status, at)
  WHERE e.n = 5 OR e.status <> 'started';
-- Of each hundred versions 40 by two people; one in 50 is a rejection, one in 30 was withdrawn.
INSERT INTO approvals (account_id, id, version_id, user_id, decision, comments, roles, scm_sha, created_at, withdrawn_at)
  SELECT account_id, pg_temp.id((extract(epoch FROM at) * 1000)::bigint, '007', n * 2 + who), id,
    pg_temp.id(:from - 1000, '004', (n * 2 + who) % 200),
    CASE WHEN n % 50 = 0 THEN 'rejected' ELSE 'approved' END, CASE WHEN n % 10 = 0 THEN 'Looked at the diff' END,
    '{release_manager,lead}', scm_sha, at, CASE WHEN n % 30 = 0 THEN at + interval '5 minutes' END
  FROM (SELECT *, row_number() OVER (ORDER BY created_at, id) AS n FROM versions) AS v, generate_series(0, 1) AS who,
    LATERAL (SELECT created_at + (10 + who) * interval '1 minute' AS at) AS l
  WHERE n % 5 < 2;

-- part: deployments
-- Of a hundred 90 are completed, five failed; the others were superseded, given up as stale, or aborted.
INSERT INTO deployments (account_id, id, product_id, version_id, environment_id, status, end_reason, source_system,
    build_number, deploy_url, invoke_id, scm_sha, scm_branch, scm_repository, deployed_by, preflight_status, started_at,
    completed_at, start_received_at, last_event_at, effective_completed_at, extra_metadata, created_at, updated_at)
  SELECT a.id, pg_temp.id(t.ms, '009', t.i), c.product_id, pg_temp.version_id(t.series, t.round, c.product),
    c.environment_id, t.status,
    CASE WHEN t.status = 'aborted' THEN CASE t.share WHEN 95 THEN 'stale' WHEN 96 THEN 'aborted' ELSE 'superseded' END END,
    'github', t.round::text, 'https://ci.example.com/deploys/' || t.i, t.i::text, pg_temp.sha(t.series, t.round, c.product),
    'main', 'example/service-' || c.product, 'user-' || pg_temp.dice(t.i) % 200, 'passed',
    CASE WHEN t.status <> 'pending' THEN t.at + interval '30 seconds' END, t.ended,
    CASE WHEN t.status <> 'pending' THEN t.at + interval '30 seconds' END,
    coalesce(t.ended, t.at + CASE t.status WHEN 'pending' THEN 0 ELSE 30 END * interval '1 second'),
    CASE WHEN t.status = 'completed' THEN t.ended END, '{"vi_gh_event_name": "push"}', t.at,
    coalesce(t.ended, t.at + CASE t.status WHEN 'pending' THEN 0 ELSE 30 END * interval '1 second')
  FROM account a, (
    SELECT s.*, CASE WHEN s.status NOT IN ('pending', 'started') THEN s.at + (60 + s.i * 37 % 1200) * interval '1 second' END AS ended
    FROM (
      SELECT i, pg_temp.ms(i) AS ms, pg_temp.at(pg_temp.ms(i)) AS at, i * 7919 % 100 AS share, pg_temp.series(i) AS series,
        pg_temp.round(i) AS round, pg_temp.cell(i) AS cell,
        CASE WHEN i >= :rows - 60 THEN CASE WHEN i % 4 = 0 THEN 'pending' ELSE 'started' END
          WHEN i * 7919 % 100 < 90 THEN 'completed' WHEN i * 7919 % 100 < 95 THEN 'failed' ELSE 'aborted' END AS status
      FROM generate_series(0::bigint, :rows - 1) AS i OFFSET 0) AS s) AS t
  JOIN cells c ON c.n = t.cell;

-- part: events
-- Four of each: pending, started, a second attempt's start, and the end.
INSERT INTO deployment_events (account_id, id, deployment_id, preflight_check_id, version_id, environment_id, type, status,
    invoke_id, run_attempt, api_key_id, payload, received_at)
  SELECT d.account_id, pg_temp.id((extract(epoch FROM e.at) * 1000)::bigint, e.kind, d.invoke_id::bigint), d.id,
    CASE WHEN e.kind = '00b' AND d.invoke_id::bigint >= :recorded
      THEN pg_temp.id((extract(epoch FROM e.at) * 1000)::bigint, '00e', d.invoke_id::bigint) END,
    d.version_id, d.environment_id, 'deployment.' || e.status, e.status, d.invoke_id, e.attempt, a.key_id,
    '{"source_system": "github"}', e.at
  FROM account a, deployments d, LATERAL (VALUES ('00a', 'pending', '1', d.created_at), ('00b', 'started', '1', d.start_received_at),
    ('00c', 'started', '2', d.start_received_at + interval '10 seconds'), ('00d', d.status, '2', d.completed_at)) AS e (kind, status, attempt, at)
  WHERE e.at IS NOT NULL;

-- part: checks
-- One of each start, and before one in twenty another that was refused.
INSERT INTO preflight_checks (account_id, id, product_id, version_id, environment_id, deployment_id, outcome, status_code,
    code, message, invoke_id, api_key_id, deployed_by, policy_revision, violations, rules_evaluated, facts, attempt, checked_at)
  SELECT d.account_id, pg_temp.id((extract(epoch FROM k.at) * 1000)::bigint, k.kind, d.invoke_id::bigint), d.product_id,
    d.version_id, d.environment_id, CASE WHEN k.code IS NULL THEN d.id END,
    CASE WHEN k.code IS NULL THEN 'passed' ELSE 'blocked' END,
    CASE k.code WHEN 'CONCURRENT_DEPLOYMENT' THEN 409 ELSE CASE WHEN k.code IS NULL THEN 201 ELSE 428 END END, k.code,
    CASE WHEN k.code IS NOT NULL THEN 'The deployment was refused' END, d.invoke_id, a.key_id, d.deployed_by, 1,
    CASE WHEN k.code IS NULL THEN '[]' ELSE jsonb_build_array(jsonb_build_object('code', k.code, 'rule_id', r.id,
      'rule_name', coalesce(r.name, 'Concurrency (built in)'), 'rule_type', coalesce(r.type, 'concurrency'),
      'status', 'enabled', 'message', 'The deployment was refused', 'details', '{}'::jsonb)) END,
    '[{"rule_id": null, "rule_name": "Concurrency (built in)", "rule_type": "concurrency", "status": "enabled", "evaluation_result": "passed"}]',
    '{"rules": []}', jsonb_build_object('id', d.id, 'status', 'started', 'deployed_by', d.deployed_by), k.at
  FROM account a, deployments d, LATERAL (
    SELECT CASE (pg_temp.dice(d.invoke_id::bigint) >> 12) % 5 WHEN 0 THEN 'FLOW_VIOLATION' WHEN 1 THEN 'APPROVAL_REQUIRED'
      WHEN 2 THEN 'COOLDOWN_ACTIVE' ELSE 'CONCURRENT_DEPLOYMENT' END AS refusal) AS f,
    LATERAL (VALUES ('00e', NULL, d.start_received_at), ('00f', f.refusal,
      CASE WHEN pg_temp.dice(d.invoke_id::bigint) % 20 = 0 THEN d.created_at - interval '5 minutes' END)) AS k (kind, code, at)
  LEFT JOIN deployment_rules r ON r.deleted_at IS NULL
    AND r.type = CASE k.code WHEN 'FLOW_VIOLATION' THEN 'flow' WHEN 'APPROVAL_REQUIRED' THEN 'approval' WHEN 'COOLDOWN_ACTIVE' THEN 'cooldown' END
  WHERE d.invoke_id::bigint >= :recorded AND k.at IS NOT NULL;
INSERT INTO rule_violations (account_id, id, preflight_check_id, n, rule_id, product_id, environment_id, code, created_at)
  SELECT account_id, pg_temp.id((extract(epoch FROM checked_at) * 1000)::bigint, '010', invoke_id::bigint), id, 0,
    (violations -> 0 ->> 'rule_id')::uuid, product_id, environment_id, code, checked_at
  FROM preflight_checks WHERE outcome = 'blocked';
-- One for a hundred deployments: used up, revoked or run out, but for the last ones, which are open for a week.
INSERT INTO preflight_overrides (account_id, id, product_id, environment_id, version, reason, include_concurrency,
    expires_at, created_by, created_at, revoked_at, revoked_by, used_at, preflight_check_id)
  SELECT d.account_id, pg_temp.id((extract(epoch FROM d.created_at) * 1000)::bigint, '011', d.i), d.product_id,
    d.environment_id, NULL, 'Incident', false, CASE d.end WHEN 'open' THEN now() + interval '7 days' ELSE d.created_at + interval '1 hour' END,
    u.id, d.created_at, CASE d.end WHEN 'revoked' THEN d.created_at + interval '10 minutes' END,
    CASE d.end WHEN 'revoked' THEN u.id END, CASE d.end WHEN 'used' THEN d.start_received_at END,
    CASE d.end WHEN 'used' THEN pg_temp.id((extract(epoch FROM d.start_received_at) * 1000)::bigint, '00e', d.i) END
  FROM (SELECT *, invoke_id::bigint AS i,
      CASE WHEN row_number() OVER (ORDER BY created_at DESC) <= 5 THEN 'open' WHEN pg_temp.dice(invoke_id::bigint) >> 12 & 1 = 0 THEN 'revoked'
        WHEN invoke_id::bigint >= :recorded AND start_received_at IS NOT NULL THEN 'used' ELSE 'expired' END AS end
    FROM deployments WHERE pg_temp.dice(invoke_id::bigint) % 100 = 0) AS d,
    LATERAL (SELECT pg_temp.id(:from - 1000, '004', 1) AS id) AS u;

-- part: audit log
-- One entry of each deployment whose check is kept: its start or its end; one in 50 is a person's.
INSERT INTO audit_log (account_id, id, at, actor_kind, api_key_id, user_id, address, request_id, action, resource_type,
    resource_id, before, after)
  SELECT d.account_id, pg_temp.id((extract(epoch FROM d.last_event_at) * 1000)::bigint, '012', i), d.last_event_at,
    CASE WHEN i % 50 = 0 THEN 'user' ELSE 'api_key' END, CASE WHEN i % 50 > 0 THEN a.key_id END,
    CASE WHEN i % 50 = 0 THEN pg_temp.id(:from - 1000, '004', i / 50 % 200) END, '10.0.0.1', 'request-' || i,
    'deployment.' || CASE WHEN i % 2 = 0 OR d.completed_at IS NULL THEN 'started' ELSE d.status END, 'deployment', d.id, NULL,
    jsonb_build_object('id', d.id, 'status', d.status, 'version_id', d.version_id, 'environment_id', d.environment_id)
  FROM account a, deployments d, LATERAL (SELECT d.invoke_id::bigint AS i) AS l WHERE d.invoke_id::bigint >= :recorded;
-- Numbered as the sealer does, with hashes that nobody can verify.
INSERT INTO audit_links (account_id, seq, entry_id, entry_hash, hash)
  SELECT account_id, row_number() OVER (ORDER BY at, id), id, sha256(request_id::bytea), sha256(resource_id::text::bytea)
  FROM audit_log;

-- part: states
UPDATE environment_states s SET deployment_id = d.id, deployed_at = d.effective_completed_at, updated_at = d.updated_at
  FROM environment_states o CROSS JOIN LATERAL (
    SELECT * FROM deployments x WHERE x.account_id = o.account_id AND x.environment_id = o.environment_id
      AND x.product_id = o.product_id AND x.status = 'completed' ORDER BY x.effective_completed_at DESC, x.id DESC LIMIT 1) AS d
  WHERE s.account_id = o.account_id AND s.product_id = o.product_id AND s.environment_id = o.environment_id;
