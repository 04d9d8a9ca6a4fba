-- One evaluation of all the rules that apply to one attempt, with what decided it. Append-only.
CREATE TABLE "preflight_checks" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "product_id" uuid NOT NULL,
  "version_id" uuid NOT NULL,
  "environment_id" uuid NOT NULL,
  "deployment_id" uuid,
  "outcome" text NOT NULL,
  "status_code" integer NOT NULL,
  "code" text,
  "message" text,
  "retry_after" timestamptz(3),
  "invoke_id" text,
  "api_key_id" uuid,
  "personal_access_token_id" uuid,
  "deployed_by" text,
  "policy_revision" bigint NOT NULL,
  "violations" jsonb NOT NULL,
  "rules_evaluated" jsonb NOT NULL,
  "facts" jsonb NOT NULL,
  -- The attempt as it came, so that what is reported after a block is answered like a deployment.
  "attempt" jsonb NOT NULL,
  "checked_at" timestamptz(3) NOT NULL,
  CONSTRAINT "preflight_checks_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "preflight_checks_account_id_product_id_environment_id_fkey" FOREIGN KEY ("account_id", "product_id", "environment_id") REFERENCES "environment_states" ("account_id", "product_id", "environment_id"),
  CONSTRAINT "preflight_checks_account_id_version_id_fkey" FOREIGN KEY ("account_id", "version_id") REFERENCES "versions" ("account_id", "id"),
  CONSTRAINT "preflight_checks_account_id_deployment_id_fkey" FOREIGN KEY ("account_id", "deployment_id") REFERENCES "deployments" ("account_id", "id"),
  CONSTRAINT "preflight_checks_account_id_api_key_id_fkey" FOREIGN KEY ("account_id", "api_key_id") REFERENCES "api_keys" ("account_id", "id"),
  CONSTRAINT "preflight_checks_account_id_personal_access_token_id_fkey" FOREIGN KEY ("account_id", "personal_access_token_id") REFERENCES "personal_access_tokens" ("account_id", "id"),
  CONSTRAINT "preflight_checks_outcome_check" CHECK ("outcome" IN ('passed', 'blocked', 'skipped', 'overridden', 'failed'))
);
-- The last attempt of a pipeline for a version in an environment: was it blocked?
CREATE INDEX "preflight_checks_account_id_version_id_environment_id_idx" ON "preflight_checks" ("account_id", "version_id", "environment_id", "checked_at" DESC);
