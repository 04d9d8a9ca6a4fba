-- When the last override expires that was ever given: a refusal looks for one only until then.
ALTER TABLE "accounts" ADD COLUMN "overrides_until" timestamptz(3);

-- A permission to deploy in spite of violations, once, for an emergency. Open until it is used, revoked or expired.
CREATE TABLE "preflight_overrides" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "product_id" uuid NOT NULL,
  "environment_id" uuid NOT NULL,
  -- NULL: any version.
  "version" text,
  "reason" text NOT NULL,
  "include_concurrency" boolean NOT NULL,
  "expires_at" timestamptz(3) NOT NULL,
  "created_by" uuid NOT NULL,
  "created_at" timestamptz(3) NOT NULL,
  "revoked_at" timestamptz(3),
  "revoked_by" uuid,
  "used_at" timestamptz(3),
  -- The attempt that used it up.
  "preflight_check_id" uuid,
  CONSTRAINT "preflight_overrides_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "preflight_overrides_account_id_product_id_fkey" FOREIGN KEY ("account_id", "product_id") REFERENCES "products" ("account_id", "id"),
  CONSTRAINT "preflight_overrides_account_id_environment_id_fkey" FOREIGN KEY ("account_id", "environment_id") REFERENCES "environments" ("account_id", "id"),
  CONSTRAINT "preflight_overrides_account_id_created_by_fkey" FOREIGN KEY ("account_id", "created_by") REFERENCES "users" ("account_id", "id"),
  CONSTRAINT "preflight_overrides_account_id_revoked_by_fkey" FOREIGN KEY ("account_id", "revoked_by") REFERENCES "users" ("account_id", "id"),
  CONSTRAINT "preflight_overrides_account_id_preflight_check_id_fkey" FOREIGN KEY ("account_id", "preflight_check_id") REFERENCES "preflight_checks" ("account_id", "id"),
  CONSTRAINT "preflight_overrides_used_check" CHECK (("used_at" IS NULL) = ("preflight_check_id" IS NULL)),
  CONSTRAINT "preflight_overrides_end_check" CHECK ("used_at" IS NULL OR "revoked_at" IS NULL)
);
CREATE INDEX "preflight_overrides_account_id_created_at_id_idx" ON "preflight_overrides" ("account_id", "created_at" DESC, "id" DESC);
CREATE INDEX "preflight_overrides_account_id_product_id_created_at_id_idx" ON "preflight_overrides" ("account_id", "product_id", "created_at" DESC, "id" DESC);
-- Those that a start may still use: there are hardly ever any.
CREATE INDEX "preflight_overrides_open_idx" ON "preflight_overrides" ("account_id", "product_id", "environment_id") WHERE "used_at" IS NULL AND "revoked_at" IS NULL;
