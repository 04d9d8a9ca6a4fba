-- Read one badge or calendar feed and nothing else.
CREATE TABLE "feed_tokens" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "kind" text NOT NULL,
  "product_id" uuid,
  "environment_id" uuid,
  "prefix" text NOT NULL,
  "secret_hash" bytea NOT NULL,
  "revoked_at" timestamptz(3),
  "created_by" uuid,
  "created_at" timestamptz(3) NOT NULL,
  CONSTRAINT "feed_tokens_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "feed_tokens_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts" ("id"),
  CONSTRAINT "feed_tokens_account_id_product_id_fkey" FOREIGN KEY ("account_id", "product_id") REFERENCES "products" ("account_id", "id"),
  CONSTRAINT "feed_tokens_account_id_environment_id_fkey" FOREIGN KEY ("account_id", "environment_id") REFERENCES "environments" ("account_id", "id"),
  CONSTRAINT "feed_tokens_account_id_created_by_fkey" FOREIGN KEY ("account_id", "created_by") REFERENCES "users" ("account_id", "id"),
  CONSTRAINT "feed_tokens_kind_check" CHECK ("kind" IN ('badge', 'calendar'))
);
CREATE UNIQUE INDEX "feed_tokens_account_id_secret_hash_key" ON "feed_tokens" ("account_id", "secret_hash");
CREATE INDEX "feed_tokens_account_id_created_at_id_idx" ON "feed_tokens" ("account_id", "created_at" DESC, "id" DESC);
