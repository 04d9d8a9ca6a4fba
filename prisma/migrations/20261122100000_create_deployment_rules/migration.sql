-- The policy revision at the last change of what rules say or apply to. Approvals and overrides raise the policy revision
-- alone: a replica reads its rules again only where this one is new.
ALTER TABLE "accounts" ADD COLUMN "rules_revision" bigint NOT NULL DEFAULT 0;

-- A policy as it stands. `products` and `environments` are as somebody wrote them; the keys are folded by the service, so
-- that a name finds its thing whatever its letter case, and whether or not the thing exists yet.
CREATE TABLE "deployment_rules" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "revision" integer NOT NULL,
  "name" text NOT NULL,
  "name_key" text NOT NULL,
  "description" text,
  "message" text,
  "type" text NOT NULL,
  "status" text NOT NULL,
  "products" text[] NOT NULL DEFAULT '{}',
  "environments" text[] NOT NULL DEFAULT '{}',
  "environment_types" text[] NOT NULL DEFAULT '{}',
  "product_keys" text[] NOT NULL DEFAULT '{}',
  "environment_keys" text[] NOT NULL DEFAULT '{}',
  "config" jsonb NOT NULL,
  "created_by" uuid,
  "created_at" timestamptz(3) NOT NULL,
  "updated_at" timestamptz(3) NOT NULL,
  "deleted_at" timestamptz(3),
  CONSTRAINT "deployment_rules_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "deployment_rules_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts" ("id"),
  CONSTRAINT "deployment_rules_account_id_created_by_fkey" FOREIGN KEY ("account_id", "created_by") REFERENCES "users" ("account_id", "id"),
  CONSTRAINT "deployment_rules_status_check" CHECK ("status" IN ('enabled', 'report_only', 'disabled'))
);
CREATE UNIQUE INDEX "deployment_rules_account_id_name_key_key" ON "deployment_rules" ("account_id", "name_key") WHERE "deleted_at" IS NULL;
CREATE INDEX "deployment_rules_account_id_created_at_id_idx" ON "deployment_rules" ("account_id", "created_at" DESC, "id" DESC) WHERE "deleted_at" IS NULL;

-- Every rule as it was, never overwritten: a verdict names the revisions that it was reached under.
-- `definition` is the rule as the API takes it.
CREATE TABLE "deployment_rule_revisions" (
  "account_id" uuid NOT NULL,
  "rule_id" uuid NOT NULL,
  "revision" integer NOT NULL,
  "definition" jsonb NOT NULL,
  "valid_from" timestamptz(3) NOT NULL,
  "valid_to" timestamptz(3),
  "changed_by" uuid,
  CONSTRAINT "deployment_rule_revisions_pkey" PRIMARY KEY ("account_id", "rule_id", "revision"),
  CONSTRAINT "deployment_rule_revisions_account_id_rule_id_fkey" FOREIGN KEY ("account_id", "rule_id") REFERENCES "deployment_rules" ("account_id", "id"),
  CONSTRAINT "deployment_rule_revisions_account_id_changed_by_fkey" FOREIGN KEY ("account_id", "changed_by") REFERENCES "users" ("account_id", "id")
);

-- Where each violation of a recorded verdict is found: `n` is its place in preflight_checks.violations. Append-only.
CREATE TABLE "rule_violations" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "preflight_check_id" uuid NOT NULL,
  "n" integer NOT NULL,
  -- NULL: what is built in.
  "rule_id" uuid,
  "product_id" uuid NOT NULL,
  "environment_id" uuid NOT NULL,
  "code" text NOT NULL,
  "created_at" timestamptz(3) NOT NULL,
  CONSTRAINT "rule_violations_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "rule_violations_account_id_preflight_check_id_fkey" FOREIGN KEY ("account_id", "preflight_check_id") REFERENCES "preflight_checks" ("account_id", "id"),
  CONSTRAINT "rule_violations_account_id_rule_id_fkey" FOREIGN KEY ("account_id", "rule_id") REFERENCES "deployment_rules" ("account_id", "id")
);
CREATE INDEX "rule_violations_account_id_created_at_id_idx" ON "rule_violations" ("account_id", "created_at" DESC, "id" DESC);
CREATE INDEX "rule_violations_account_id_rule_id_created_at_id_idx" ON "rule_violations" ("account_id", "rule_id", "created_at" DESC, "id" DESC);
CREATE INDEX "rule_violations_account_id_product_id_created_at_id_idx" ON "rule_violations" ("account_id", "product_id", "created_at" DESC, "id" DESC);
CREATE INDEX "rule_violations_account_id_environment_id_created_at_id_idx" ON "rule_violations" ("account_id", "environment_id", "created_at" DESC, "id" DESC);
CREATE INDEX "rule_violations_account_id_code_created_at_id_idx" ON "rule_violations" ("account_id", "code", "created_at" DESC, "id" DESC);
