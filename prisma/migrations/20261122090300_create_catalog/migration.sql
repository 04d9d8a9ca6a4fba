CREATE TABLE "products" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "name" text NOT NULL,
  "created_at" timestamptz(3) NOT NULL,
  "updated_at" timestamptz(3) NOT NULL,
  CONSTRAINT "products_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "products_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts" ("id")
);
CREATE INDEX "products_account_id_created_at_id_idx" ON "products" ("account_id", "created_at" DESC, "id" DESC);

-- Every name a product has or had, its present one included: one namespace, so that no alias shadows a name.
-- `name_key` is the name folded by the service (NFC, lower case): independent of the database's locale.
CREATE TABLE "product_names" (
  "account_id" uuid NOT NULL,
  "name_key" text NOT NULL,
  "product_id" uuid NOT NULL,
  "name" text NOT NULL,
  "created_at" timestamptz(3) NOT NULL,
  CONSTRAINT "product_names_pkey" PRIMARY KEY ("account_id", "name_key"),
  CONSTRAINT "product_names_account_id_product_id_fkey" FOREIGN KEY ("account_id", "product_id") REFERENCES "products" ("account_id", "id")
);
CREATE INDEX "product_names_account_id_product_id_idx" ON "product_names" ("account_id", "product_id");

CREATE TABLE "environments" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "name" text NOT NULL,
  "type" text NOT NULL,
  "position" integer NOT NULL,
  "stale_after_minutes" integer NOT NULL DEFAULT 120,
  "pending_stale_after_hours" integer NOT NULL DEFAULT 168,
  -- Raised by every start where a concurrency scope spans the products of this environment.
  "start_revision" bigint NOT NULL DEFAULT 0,
  "created_at" timestamptz(3) NOT NULL,
  "updated_at" timestamptz(3) NOT NULL,
  CONSTRAINT "environments_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "environments_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts" ("id"),
  CONSTRAINT "environments_type_check" CHECK ("type" IN ('dev', 'test', 'staging', 'production', 'other')),
  CONSTRAINT "environments_stale_check" CHECK ("stale_after_minutes" >= 0 AND "pending_stale_after_hours" >= 0)
);
CREATE INDEX "environments_account_id_created_at_id_idx" ON "environments" ("account_id", "created_at" DESC, "id" DESC);

CREATE TABLE "environment_names" (
  "account_id" uuid NOT NULL,
  "name_key" text NOT NULL,
  "environment_id" uuid NOT NULL,
  "name" text NOT NULL,
  "created_at" timestamptz(3) NOT NULL,
  CONSTRAINT "environment_names_pkey" PRIMARY KEY ("account_id", "name_key"),
  CONSTRAINT "environment_names_account_id_environment_id_fkey" FOREIGN KEY ("account_id", "environment_id") REFERENCES "environments" ("account_id", "id")
);
CREATE INDEX "environment_names_account_id_environment_id_idx" ON "environment_names" ("account_id", "environment_id");

-- The type as it was: a back-test of last quarter's attempts needs the type of that day.
CREATE TABLE "environment_types" (
  "account_id" uuid NOT NULL,
  "environment_id" uuid NOT NULL,
  "valid_from" timestamptz(3) NOT NULL,
  "valid_to" timestamptz(3),
  "type" text NOT NULL,
  CONSTRAINT "environment_types_pkey" PRIMARY KEY ("account_id", "environment_id", "valid_from"),
  CONSTRAINT "environment_types_account_id_environment_id_fkey" FOREIGN KEY ("account_id", "environment_id") REFERENCES "environments" ("account_id", "id"),
  CONSTRAINT "environment_types_valid_check" CHECK ("valid_to" IS NULL OR "valid_to" > "valid_from")
);
CREATE UNIQUE INDEX "environment_types_current_key" ON "environment_types" ("account_id", "environment_id") WHERE "valid_to" IS NULL;

CREATE TABLE "versions" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "product_id" uuid NOT NULL,
  "version" text NOT NULL,
  "scm_sha" text,
  -- When a completed build fixed the SHA; from then on another SHA is refused.
  "sha_fixed_at" timestamptz(3),
  "scm_branch" text,
  "scm_repository" text,
  -- Raised by every build event of this version: build events are decided under one revision.
  "revision" bigint NOT NULL DEFAULT 0,
  "created_at" timestamptz(3) NOT NULL,
  "updated_at" timestamptz(3) NOT NULL,
  CONSTRAINT "versions_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "versions_account_id_product_id_fkey" FOREIGN KEY ("account_id", "product_id") REFERENCES "products" ("account_id", "id")
);
CREATE UNIQUE INDEX "versions_account_id_product_id_version_key" ON "versions" ("account_id", "product_id", "version");
CREATE INDEX "versions_account_id_created_at_id_idx" ON "versions" ("account_id", "created_at" DESC, "id" DESC);
CREATE INDEX "versions_account_id_product_id_created_at_id_idx" ON "versions" ("account_id", "product_id", "created_at" DESC, "id" DESC);
CREATE INDEX "versions_account_id_version_created_at_id_idx" ON "versions" ("account_id", "version", "created_at" DESC, "id" DESC);
-- A prefix of a SHA finds it: text_pattern_ops serves LIKE 'abc1234%'.
CREATE INDEX "versions_account_id_scm_sha_idx" ON "versions" ("account_id", lower("scm_sha") text_pattern_ops) WHERE "scm_sha" IS NOT NULL;
