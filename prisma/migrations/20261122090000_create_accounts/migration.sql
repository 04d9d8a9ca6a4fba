-- An account is the tenant. `id` is the `account_id` that every other table carries.
CREATE TABLE "accounts" (
  "id" uuid NOT NULL,
  "slug" text NOT NULL,
  -- Raised by every change of a rule, approval, override, role or scope; a start is decided under one revision.
  "policy_revision" bigint NOT NULL DEFAULT 0,
  "enforce_on_completed" boolean NOT NULL DEFAULT false,
  "catalog" text NOT NULL DEFAULT 'open',
  -- NULL: the service's own limit (RATE_LIMIT_PER_MINUTE).
  "rate_limit_per_minute" integer,
  "created_at" timestamptz(3) NOT NULL,
  "updated_at" timestamptz(3) NOT NULL,
  CONSTRAINT "accounts_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "accounts_slug_check" CHECK ("slug" ~ '^[a-z0-9-]{1,63}$'),
  CONSTRAINT "accounts_catalog_check" CHECK ("catalog" IN ('open', 'closed'))
);
CREATE UNIQUE INDEX "accounts_slug_key" ON "accounts" ("slug");
