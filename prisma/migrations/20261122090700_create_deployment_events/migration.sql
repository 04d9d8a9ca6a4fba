-- What a pipeline sent, as it came, and what the service did of itself. Append-only.
-- deployment_id is NULL for an attempt that was blocked: then preflight_check_id names it.
CREATE TABLE "deployment_events" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "deployment_id" uuid,
  "preflight_check_id" uuid,
  "version_id" uuid NOT NULL,
  "environment_id" uuid NOT NULL,
  "type" text NOT NULL,
  "status" text NOT NULL,
  "invoke_id" text,
  "run_attempt" text,
  "api_key_id" uuid,
  "personal_access_token_id" uuid,
  "payload" jsonb NOT NULL,
  "received_at" timestamptz(3) NOT NULL,
  CONSTRAINT "deployment_events_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "deployment_events_account_id_deployment_id_fkey" FOREIGN KEY ("account_id", "deployment_id") REFERENCES "deployments" ("account_id", "id"),
  CONSTRAINT "deployment_events_account_id_preflight_check_id_fkey" FOREIGN KEY ("account_id", "preflight_check_id") REFERENCES "preflight_checks" ("account_id", "id"),
  CONSTRAINT "deployment_events_account_id_version_id_fkey" FOREIGN KEY ("account_id", "version_id") REFERENCES "versions" ("account_id", "id"),
  CONSTRAINT "deployment_events_account_id_environment_id_fkey" FOREIGN KEY ("account_id", "environment_id") REFERENCES "environments" ("account_id", "id"),
  CONSTRAINT "deployment_events_account_id_api_key_id_fkey" FOREIGN KEY ("account_id", "api_key_id") REFERENCES "api_keys" ("account_id", "id"),
  CONSTRAINT "deployment_events_account_id_personal_access_token_id_fkey" FOREIGN KEY ("account_id", "personal_access_token_id") REFERENCES "personal_access_tokens" ("account_id", "id"),
  CONSTRAINT "deployment_events_owner_check" CHECK ("deployment_id" IS NOT NULL OR "preflight_check_id" IS NOT NULL)
);
-- Finds a repeat (same version and environment within ten minutes), and the events of a deployment.
CREATE INDEX "deployment_events_account_id_version_id_environment_id_idx" ON "deployment_events" ("account_id", "version_id", "environment_id", "received_at" DESC, "id" DESC);
