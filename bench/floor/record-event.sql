-- The whole of one deployment event in one round trip, for bench/floor/service.mjs. It writes the rows that the
-- service itself writes; `npm run bench -- floor/compare` holds the two together.
--
-- Starts and ends of known runs, repeats and the built-in concurrency check are here. What the bench never sends
-- (pending events, ends without a start, a second attempt of a run that is in progress) is answered 501.
CREATE OR REPLACE FUNCTION floor_record_event(
  p_slug text, p_hash bytea, p_product_key text, p_environment_key text, p_environment_type text,
  p_environment_position int, p_status text, p_ids uuid[], p_address text, p_request_id text, p_event jsonb,
  OUT status_code int, OUT now timestamptz, OUT product_name text, OUT environment_name text, OUT version text,
  OUT replaced_at timestamptz, OUT check_id uuid, OUT violation jsonb, OUT deployment deployments
) LANGUAGE plpgsql AS $$
DECLARE
  caller record;
  cell environment_states;
  holder record;
  v_product uuid := p_ids[1];
  v_environment uuid := p_ids[2];
  v_version uuid := p_ids[3];
  v_stale_after int := 120;
  v_known_version boolean := true;
  v_invoke text := nullif(p_event->>'invoke_id', '');
  v_attempt text := p_event->'extra_metadata'->>'vi_gh_run_attempt';
  v_extra jsonb := coalesce(nullif(p_event->'extra_metadata', 'null'), '{}') - 'preflight_status';
  v_rule jsonb := '{"rule_id": null, "rule_name": "Concurrency (built in)", "rule_type": "concurrency", "status": "enabled"}';
  v_rules jsonb;
  v_holders jsonb := '{}';
  v_type text := 'deployment.' || p_status;
  v_before jsonb;
  v_after jsonb;
BEGIN
  version := btrim(p_event->>'version');

  SELECT a.id AS account_id, a.policy_revision, k.id AS key_id, k.scopes, p.id AS product_id, p.name AS product_name,
    e.id AS environment_id, e.name AS environment_name, e.stale_after_minutes, v.id AS version_id
  INTO caller
  FROM accounts a
  JOIN api_keys k ON k.account_id = a.id AND k.secret_hash = p_hash AND k.revoked_at IS NULL
    AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
  LEFT JOIN product_names pn ON pn.account_id = a.id AND pn.name_key = p_product_key
  LEFT JOIN products p ON p.account_id = a.id AND p.id = pn.product_id
  LEFT JOIN environment_names en ON en.account_id = a.id AND en.name_key = p_environment_key
  LEFT JOIN environments e ON e.account_id = a.id AND e.id = en.environment_id
  LEFT JOIN versions v ON v.account_id = a.id AND v.product_id = p.id AND v.version = floor_record_event.version
  WHERE a.slug = p_slug;
  IF NOT FOUND THEN status_code := 401; RETURN; END IF;
  IF NOT 'events:write' = ANY (caller.scopes) THEN status_code := 403; RETURN; END IF;
  IF p_status NOT IN ('started', 'completed', 'failed', 'aborted') THEN status_code := 501; RETURN; END IF;
  now := date_trunc('milliseconds', clock_timestamp());

  -- Names that are new. Who loses a race for one takes the winner's.
  IF caller.product_id IS NULL THEN
    product_name := btrim(p_event->>'product_name');
    WITH named AS (
      INSERT INTO product_names (account_id, name_key, product_id, name, created_at)
      VALUES (caller.account_id, p_product_key, v_product, product_name, now) ON CONFLICT DO NOTHING RETURNING 1)
    INSERT INTO products (account_id, id, name, created_at, updated_at)
    SELECT caller.account_id, v_product, product_name, now, now FROM named;
    IF FOUND THEN
      INSERT INTO audit_log (account_id, id, at, actor_kind, api_key_id, address, request_id, action, resource_type,
        resource_id, after)
      VALUES (caller.account_id, p_ids[9], now, 'api_key', caller.key_id, p_address, p_request_id, 'product.created', 'product', v_product,
        jsonb_build_object('id', v_product, 'name', product_name));
    ELSE
      SELECT p.id, p.name INTO v_product, product_name FROM product_names n
      JOIN products p ON p.account_id = n.account_id AND p.id = n.product_id
      WHERE n.account_id = caller.account_id AND n.name_key = p_product_key;
    END IF;
  ELSE
    v_product := caller.product_id;
    product_name := caller.product_name;
  END IF;

  IF caller.environment_id IS NULL THEN
    environment_name := btrim(p_event->>'environment_name');
    WITH named AS (
      INSERT INTO environment_names (account_id, name_key, environment_id, name, created_at)
      VALUES (caller.account_id, p_environment_key, v_environment, environment_name, now)
      ON CONFLICT DO NOTHING RETURNING 1),
    typed AS (
      INSERT INTO environment_types (account_id, environment_id, valid_from, type)
      SELECT caller.account_id, v_environment, now, p_environment_type FROM named)
    INSERT INTO environments (account_id, id, name, type, position, created_at, updated_at)
    SELECT caller.account_id, v_environment, environment_name, p_environment_type, p_environment_position, now, now
    FROM named;
    IF FOUND THEN
      INSERT INTO audit_log (account_id, id, at, actor_kind, api_key_id, address, request_id, action, resource_type,
        resource_id, after)
      VALUES (caller.account_id, p_ids[10], now, 'api_key', caller.key_id, p_address, p_request_id, 'environment.created', 'environment', v_environment,
        jsonb_build_object('id', v_environment, 'name', environment_name,
          'type', p_environment_type, 'position', p_environment_position));
    ELSE
      SELECT e.id, e.name, e.stale_after_minutes INTO v_environment, environment_name, v_stale_after
      FROM environment_names n JOIN environments e ON e.account_id = n.account_id AND e.id = n.environment_id
      WHERE n.account_id = caller.account_id AND n.name_key = p_environment_key;
    END IF;
  ELSE
    v_environment := caller.environment_id;
    environment_name := caller.environment_name;
    v_stale_after := caller.stale_after_minutes;
  END IF;

  IF caller.version_id IS NULL THEN
    INSERT INTO versions (account_id, id, product_id, version, created_at, updated_at)
    VALUES (caller.account_id, v_version, v_product, version, now, now) ON CONFLICT DO NOTHING;
    v_known_version := NOT FOUND;
    IF v_known_version THEN
      SELECT v.id INTO v_version FROM versions v
      WHERE v.account_id = caller.account_id AND v.product_id = v_product AND v.version = floor_record_event.version;
    ELSE
      INSERT INTO audit_log (account_id, id, at, actor_kind, api_key_id, address, request_id, action, resource_type,
        resource_id, after)
      VALUES (caller.account_id, p_ids[11], now, 'api_key', caller.key_id, p_address, p_request_id, 'version.created', 'version', v_version,
        jsonb_build_object('id', v_version, 'product_id', v_product, 'version', version));
    END IF;
  ELSE
    v_version := caller.version_id;
  END IF;

  -- The cell's row is the lock under which everything below is decided; `now` is read once it is held.
  SELECT * INTO cell FROM environment_states s
  WHERE s.account_id = caller.account_id AND s.product_id = v_product AND s.environment_id = v_environment FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO environment_states (account_id, product_id, environment_id, revision, updated_at)
    VALUES (caller.account_id, v_product, v_environment, 0, now) ON CONFLICT DO NOTHING;
    SELECT * INTO cell FROM environment_states s
    WHERE s.account_id = caller.account_id AND s.product_id = v_product AND s.environment_id = v_environment FOR UPDATE;
  END IF;
  IF caller.product_id IS NOT NULL AND caller.environment_id IS NOT NULL AND v_known_version THEN
    now := date_trunc('milliseconds', clock_timestamp());
  END IF;

  IF v_known_version THEN
    SELECT d.* INTO deployment FROM deployment_events ev
    JOIN deployments d ON d.account_id = ev.account_id AND d.id = ev.deployment_id
    WHERE ev.account_id = caller.account_id AND ev.version_id = v_version AND ev.environment_id = v_environment
      AND ev.received_at > floor_record_event.now - interval '10 minutes' AND ev.status = p_status AND ev.type = v_type
      AND ev.invoke_id IS NOT DISTINCT FROM v_invoke AND ev.run_attempt IS NOT DISTINCT FROM v_attempt
      AND ev.api_key_id = caller.key_id
    ORDER BY ev.received_at DESC, ev.id DESC LIMIT 1;
    IF FOUND AND p_status = 'started' AND deployment.completed_at IS NOT NULL THEN
      -- Its end has been reported with the same key: this is another start.
      deployment := NULL;
    ELSIF FOUND THEN
      status_code := 200;
      IF deployment.effective_completed_at IS NOT NULL THEN
        SELECT min(r.effective_completed_at) INTO replaced_at FROM deployments r
        WHERE r.account_id = caller.account_id AND r.environment_id = v_environment AND r.product_id = v_product
          AND r.status = 'completed'
          AND (r.effective_completed_at, r.id) > (deployment.effective_completed_at, deployment.id);
      END IF;
      RETURN;
    END IF;
  END IF;

  IF p_status = 'started' THEN
    SELECT d.id, d.started_at, d.version_id, d.invoke_id, v.version,
      CASE WHEN v_stale_after > 0 THEN d.last_event_at + v_stale_after * interval '1 minute' END AS stale_at,
      coalesce(d.deployed_by, d.deployed_by_email, d.deployed_by_name) AS deployed_by
    INTO holder
    FROM deployments d JOIN versions v ON v.account_id = d.account_id AND v.id = d.version_id
    WHERE d.account_id = caller.account_id AND d.environment_id = v_environment AND d.product_id = v_product
      AND d.completed_at IS NULL AND d.status <> 'pending'
      AND (v_stale_after = 0 OR d.last_event_at > floor_record_event.now - v_stale_after * interval '1 minute')
    ORDER BY d.created_at, d.id LIMIT 1;
    IF FOUND THEN
      IF holder.version_id = v_version AND holder.invoke_id IS NOT DISTINCT FROM v_invoke THEN
        status_code := 501; RETURN;
      END IF;
      status_code := 409;
      v_type := 'deployment.preflight_failed';
      v_holders := jsonb_build_object('holders', jsonb_build_array(jsonb_build_object('deployment_id', holder.id,
        'product_name', product_name, 'version', holder.version, 'started_at', holder.started_at,
        'deployed_by', holder.deployed_by, 'stale_at', holder.stale_at)));
      violation := v_rule || jsonb_build_object('code', 'CONCURRENT_DEPLOYMENT', 'retry_after', null,
        'message', 'Another deployment to ' || environment_name || ' is already in progress',
        'details', jsonb_build_object('conflicting_deployment_id', holder.id,
          'conflicting_deployment_status', 'in_progress',
          'conflicting_deployment_started', to_char(holder.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
          'conflicting_version', holder.version, 'conflicting_product', product_name,
          'conflicting_deployed_by', holder.deployed_by));
      v_rules := jsonb_build_array(v_rule || jsonb_build_object('evaluation_result', 'failed',
        'error_code', 'CONCURRENT_DEPLOYMENT', 'error_message', violation->>'message'));
    ELSE
      status_code := 201;
      v_rules := jsonb_build_array(v_rule || '{"evaluation_result": "passed", "error_code": null, "error_message": null}');
      v_extra := v_extra || jsonb_build_object('preflight_status', jsonb_build_object('status', 'passed',
        'checked_at', to_char(now AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'warnings', '[]'::jsonb, 'rules_evaluated', v_rules));
    END IF;

    deployment.account_id := caller.account_id;
    deployment.id := p_ids[4];
    deployment.product_id := v_product;
    deployment.version_id := v_version;
    deployment.environment_id := v_environment;
    deployment.source_system := nullif(p_event->>'source_system', '');
    deployment.build_number := nullif(p_event->>'build_number', '');
    deployment.build_url := nullif(p_event->>'build_url', '');
    deployment.deploy_url := nullif(p_event->>'deploy_url', '');
    deployment.invoke_id := v_invoke;
    deployment.scm_sha := nullif(p_event->>'scm_sha', '');
    deployment.scm_branch := nullif(p_event->>'scm_branch', '');
    deployment.scm_repository := nullif(p_event->>'scm_repository', '');
    deployment.deployed_by := nullif(p_event->>'deployed_by', '');
    deployment.deployed_by_email := nullif(p_event->>'deployed_by_email', '');
    deployment.deployed_by_name := nullif(p_event->>'deployed_by_name', '');
    deployment.last_event_at := now;
    deployment.extra_metadata := v_extra;
    deployment.created_at := now;
    deployment.updated_at := now;
    IF status_code = 201 THEN
      deployment.status := 'started';
      deployment.preflight_status := 'passed';
      deployment.started_at := least(nullif(p_event->>'started_at', '')::timestamptz, now);
      deployment.start_received_at := now;
      INSERT INTO deployments VALUES (deployment.*);
      v_after := '{"status": "started", "preflight_status": "passed"}';
    ELSE
      deployment.status := 'pending';
      v_after := jsonb_build_object('code', violation->>'code', 'message', violation->>'message', 'version', version);
    END IF;

    check_id := p_ids[5];
    INSERT INTO preflight_checks (account_id, id, product_id, version_id, environment_id, deployment_id, outcome,
      status_code, code, message, invoke_id, api_key_id, deployed_by, policy_revision, violations, rules_evaluated, facts,
      attempt, checked_at)
    VALUES (caller.account_id, check_id, v_product, v_version, v_environment,
      CASE WHEN violation IS NULL THEN deployment.id END, CASE WHEN violation IS NULL THEN 'passed' ELSE 'blocked' END,
      status_code, violation->>'code', violation->>'message', v_invoke,
      caller.key_id, deployment.deployed_by, caller.policy_revision,
      CASE WHEN violation IS NULL THEN '[]' ELSE jsonb_build_array(violation) END, v_rules,
      v_holders || jsonb_build_object('now', now, 'product_name', product_name, 'version', version,
        'environment_name', environment_name, 'environment_id', v_environment,
        'deployers', to_jsonb(array_remove(ARRAY[deployment.deployed_by, deployment.deployed_by_email], NULL)))
        || CASE WHEN deployment.deployed_by IS NULL AND deployment.deployed_by_email IS NULL
             THEN '{"unidentified": ["deployment"]}' ELSE '{}' END::jsonb,
      to_jsonb(deployment) - 'account_id', now);
    IF violation IS NOT NULL THEN
      INSERT INTO rule_violations (account_id, id, preflight_check_id, n, product_id, environment_id, code, created_at)
      VALUES (caller.account_id, p_ids[8], check_id, 0, v_product, v_environment, violation->>'code', now);
    END IF;
  ELSE
    UPDATE deployments d SET
      status = p_status,
      source_system = coalesce(nullif(p_event->>'source_system', ''), d.source_system),
      build_number = coalesce(nullif(p_event->>'build_number', ''), d.build_number),
      build_url = coalesce(nullif(p_event->>'build_url', ''), d.build_url),
      deploy_url = coalesce(nullif(p_event->>'deploy_url', ''), d.deploy_url),
      scm_sha = coalesce(nullif(p_event->>'scm_sha', ''), d.scm_sha),
      scm_branch = coalesce(nullif(p_event->>'scm_branch', ''), d.scm_branch),
      scm_repository = coalesce(nullif(p_event->>'scm_repository', ''), d.scm_repository),
      deployed_by = CASE WHEN coalesce(d.deployed_by, d.deployed_by_email, d.deployed_by_name) IS NULL
        THEN nullif(p_event->>'deployed_by', '') ELSE d.deployed_by END,
      deployed_by_email = CASE WHEN coalesce(d.deployed_by, d.deployed_by_email, d.deployed_by_name) IS NULL
        THEN nullif(p_event->>'deployed_by_email', '') ELSE d.deployed_by_email END,
      deployed_by_name = CASE WHEN coalesce(d.deployed_by, d.deployed_by_email, d.deployed_by_name) IS NULL
        THEN nullif(p_event->>'deployed_by_name', '') ELSE d.deployed_by_name END,
      completed_at = least(nullif(p_event->>'completed_at', '')::timestamptz, floor_record_event.now),
      effective_completed_at = CASE WHEN p_status = 'completed' THEN floor_record_event.now END,
      extra_metadata = d.extra_metadata || v_extra,
      last_event_at = floor_record_event.now,
      updated_at = floor_record_event.now
    WHERE d.account_id = caller.account_id AND d.environment_id = v_environment AND d.product_id = v_product
      AND d.completed_at IS NULL AND d.status <> 'pending' AND d.version_id = v_version
      AND d.invoke_id IS NOT DISTINCT FROM v_invoke
    RETURNING d.* INTO deployment;
    IF NOT FOUND THEN status_code := 501; RETURN; END IF;
    status_code := 200;
    v_before := jsonb_build_object('status', 'started', 'preflight_status', deployment.preflight_status);
    v_after := jsonb_build_object('status', p_status, 'preflight_status', deployment.preflight_status,
      'completed_at', deployment.completed_at);
    IF p_status = 'completed' AND (cell.deployed_at IS NULL OR now >= cell.deployed_at) THEN
      cell.deployment_id := deployment.id;
      cell.deployed_at := now;
    END IF;
  END IF;

  INSERT INTO deployment_events (account_id, id, deployment_id, preflight_check_id, version_id, environment_id, type,
    status, invoke_id, run_attempt, api_key_id, payload, received_at)
  VALUES (caller.account_id, p_ids[6], CASE WHEN violation IS NULL THEN deployment.id END, check_id, v_version,
    v_environment, v_type, p_status, v_invoke, v_attempt, caller.key_id, p_event, now);
  INSERT INTO audit_log (account_id, id, at, actor_kind, api_key_id, address, request_id, action, resource_type,
    resource_id, before, after)
  VALUES (caller.account_id, p_ids[7], now, 'api_key', caller.key_id, p_address, p_request_id, v_type,
    CASE WHEN violation IS NULL THEN 'deployment' ELSE 'preflight_check' END, coalesce(
      CASE WHEN violation IS NOT NULL THEN check_id END, deployment.id), v_before, v_after);
  IF violation IS NULL THEN
    UPDATE environment_states s SET revision = cell.revision + 1, deployment_id = cell.deployment_id,
      deployed_at = cell.deployed_at, updated_at = floor_record_event.now
    WHERE s.account_id = caller.account_id AND s.product_id = v_product AND s.environment_id = v_environment;
  END IF;
END $$;
