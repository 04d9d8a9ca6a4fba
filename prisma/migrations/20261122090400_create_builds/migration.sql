CREATE TABLE "builds" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "product_id" uuid NOT NULL,
  "version_id" uuid NOT NULL,
  "status" text NOT NULL,
  "source_system" text,
  "build_number" text,
  "invoke_id" text,
  "build_url" text,
  "scm_sha" text,
  "scm_branch" text,
  "scm_repository" text,
  "built_by" text,
  "built_by_email" text,
  "built_by_name" text,
  "error_message" text,
  "error_code" text,
  "started_at" timestamptz(3),
  "completed_at" timestamptz(3),
  "extra_metadata" jsonb NOT NULL DEFAULT '{}',
  "created_at" timestamptz(3) NOT NULL,
  "updated_at" timestamptz(3) NOT NULL,
  CONSTRAINT "builds_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "builds_account_id_product_id_fkey" FOREIGN KEY ("account_id", "product_id") REFERENCES "products" ("account_id", "id"),
  CONSTRAINT "builds_account_id_version_id_fkey" FOREIGN KEY ("account_id", "version_id") REFERENCES "versions" ("account_id", "id"),
  CONSTRAINT "builds_status_check" CHECK ("status" IN ('pending', 'started', 'completed', 'failed', 'aborted'))
);
-- Which build an event belongs to: the open ones of its version.
CREATE INDEX "builds_open_idx" ON "builds" ("account_id", "version_id", "created_at" DESC, "id" DESC) WHERE "status" IN ('pending', 'started');
CREATE INDEX "builds_account_id_created_at_id_idx" ON "builds" ("account_id", "created_at" DESC, "id" DESC);
CREATE INDEX "builds_account_id_product_id_created_at_id_idx" ON "builds" ("account_id", "product_id", "created_at" DESC, "id" DESC);
CREATE INDEX "builds_account_id_version_id_created_at_id_idx" ON "builds" ("account_id", "version_id", "created_at" DESC, "id" DESC);
CREATE INDEX "builds_account_id_status_created_at_id_idx" ON "builds" ("account_id", "status", "created_at" DESC, "id" DESC);

-- What a pipeline sent, as it came. Append-only.
CREATE TABLE "build_events" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "build_id" uuid NOT NULL,
  "version_id" uuid NOT NULL,
  "status" text NOT NULL,
  "invoke_id" text,
  "build_number" text,
  "run_attempt" text,
  "api_key_id" uuid,
  "personal_access_token_id" uuid,
  "payload" jsonb NOT NULL,
  "received_at" timestamptz(3) NOT NULL,
  CONSTRAINT "build_events_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "build_events_account_id_build_id_fkey" FOREIGN KEY ("account_id", "build_id") REFERENCES "builds" ("account_id", "id"),
  CONSTRAINT "build_events_account_id_version_id_fkey" FOREIGN KEY ("account_id", "version_id") REFERENCES "versions" ("account_id", "id"),
  CONSTRAINT "build_events_account_id_api_key_id_fkey" FOREIGN KEY ("account_id", "api_key_id") REFERENCES "api_keys" ("account_id", "id"),
  CONSTRAINT "build_events_account_id_personal_access_token_id_fkey" FOREIGN KEY ("account_id", "personal_access_token_id") REFERENCES "personal_access_tokens" ("account_id", "id")
);
-- Finds a repeat: the events of one version within ten minutes.
CREATE INDEX "build_events_account_id_version_id_received_at_idx" ON "build_events" ("account_id", "version_id", "received_at" DESC);
