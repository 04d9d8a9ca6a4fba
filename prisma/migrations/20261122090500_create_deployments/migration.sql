-- One row per product and environment: what is deployed there now. Its `revision` is the gate of that cell:
-- every event is decided under one revision and written only if it still stands (docs/adr/0005).
CREATE TABLE "environment_states" (
  "account_id" uuid NOT NULL,
  "product_id" uuid NOT NULL,
  "environment_id" uuid NOT NULL,
  "revision" bigint NOT NULL,
  "deployment_id" uuid,
  -- The effective completion of `deployment_id`.
  "deployed_at" timestamptz(3),
  "updated_at" timestamptz(3) NOT NULL,
  CONSTRAINT "environment_states_pkey" PRIMARY KEY ("account_id", "product_id", "environment_id"),
  CONSTRAINT "environment_states_account_id_product_id_fkey" FOREIGN KEY ("account_id", "product_id") REFERENCES "products" ("account_id", "id"),
  CONSTRAINT "environment_states_account_id_environment_id_fkey" FOREIGN KEY ("account_id", "environment_id") REFERENCES "environments" ("account_id", "id")
);
-- What is deployed in one environment, whatever the product. Events never change these columns.
CREATE INDEX "environment_states_account_id_environment_id_idx" ON "environment_states" ("account_id", "environment_id");

CREATE TABLE "deployments" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "product_id" uuid NOT NULL,
  "version_id" uuid NOT NULL,
  "environment_id" uuid NOT NULL,
  "status" text NOT NULL,
  -- Why the service itself ended it; in whose words stands in its events.
  "end_reason" text,
  "source_system" text,
  "build_number" text,
  "build_url" text,
  "deploy_url" text,
  "invoke_id" text,
  "scm_sha" text,
  "scm_branch" text,
  "scm_repository" text,
  "deployed_by" text,
  "deployed_by_email" text,
  "deployed_by_name" text,
  "preflight_status" text,
  -- As reported by the client, never later than the receipt.
  "started_at" timestamptz(3),
  "completed_at" timestamptz(3),
  -- By the database's clock: when the start and the last event were received.
  "start_received_at" timestamptz(3),
  "last_event_at" timestamptz(3) NOT NULL,
  -- When a completed deployment counts from: its receipt, or the client's time for a backfill.
  "effective_completed_at" timestamptz(3),
  "extra_metadata" jsonb NOT NULL DEFAULT '{}',
  "created_at" timestamptz(3) NOT NULL,
  "updated_at" timestamptz(3) NOT NULL,
  CONSTRAINT "deployments_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "deployments_account_id_product_id_environment_id_fkey" FOREIGN KEY ("account_id", "product_id", "environment_id") REFERENCES "environment_states" ("account_id", "product_id", "environment_id"),
  CONSTRAINT "deployments_account_id_version_id_fkey" FOREIGN KEY ("account_id", "version_id") REFERENCES "versions" ("account_id", "id"),
  CONSTRAINT "deployments_status_check" CHECK ("status" IN ('pending', 'started', 'completed', 'failed', 'aborted')),
  CONSTRAINT "deployments_end_reason_check" CHECK ("end_reason" IN ('superseded', 'stale', 'aborted')),
  CONSTRAINT "deployments_preflight_status_check" CHECK ("preflight_status" IN ('passed', 'skipped', 'overridden', 'failed')),
  CONSTRAINT "deployments_completed_at_check" CHECK (("status" IN ('pending', 'started')) = ("completed_at" IS NULL)),
  CONSTRAINT "deployments_effective_check" CHECK (("status" = 'completed') = ("effective_completed_at" IS NOT NULL))
);
-- The open ones of a cell (which deployment an event belongs to, who holds a slot), of an environment
-- (scopes that span products) and of an account (active=true, the sweep): there are never many.
CREATE INDEX "deployments_open_idx" ON "deployments" ("account_id", "environment_id", "product_id", "created_at" DESC, "id" DESC) WHERE "completed_at" IS NULL;
-- A client's end settles a deployment that the service had given up.
CREATE INDEX "deployments_stale_idx" ON "deployments" ("account_id", "version_id", "environment_id", "created_at" DESC) WHERE "end_reason" = 'stale';
-- The matrix at a past moment, history, soak.
CREATE INDEX "deployments_completed_idx" ON "deployments" ("account_id", "environment_id", "product_id", "effective_completed_at" DESC, "id" DESC) WHERE "status" = 'completed';
CREATE INDEX "deployments_account_id_created_at_id_idx" ON "deployments" ("account_id", "created_at" DESC, "id" DESC);
CREATE INDEX "deployments_account_id_product_id_created_at_id_idx" ON "deployments" ("account_id", "product_id", "created_at" DESC, "id" DESC);
CREATE INDEX "deployments_account_id_environment_id_created_at_id_idx" ON "deployments" ("account_id", "environment_id", "created_at" DESC, "id" DESC);
CREATE INDEX "deployments_account_id_version_id_created_at_id_idx" ON "deployments" ("account_id", "version_id", "created_at" DESC, "id" DESC);
CREATE INDEX "deployments_account_id_status_created_at_id_idx" ON "deployments" ("account_id", "status", "created_at" DESC, "id" DESC);
CREATE INDEX "deployments_account_id_deployed_by_created_at_id_idx" ON "deployments" ("account_id", "deployed_by", "created_at" DESC, "id" DESC) WHERE "deployed_by" IS NOT NULL;
CREATE INDEX "deployments_account_id_scm_sha_idx" ON "deployments" ("account_id", lower("scm_sha") text_pattern_ops) WHERE "scm_sha" IS NOT NULL;

ALTER TABLE "environment_states" ADD CONSTRAINT "environment_states_account_id_deployment_id_fkey"
  FOREIGN KEY ("account_id", "deployment_id") REFERENCES "deployments" ("account_id", "id");
