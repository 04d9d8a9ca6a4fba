-- Only a SHA-256 of each secret is stored. `prefix` is what a person may see of it again.
CREATE TABLE "api_keys" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "name" text NOT NULL,
  "prefix" text NOT NULL,
  "secret_hash" bytea NOT NULL,
  "scopes" text[] NOT NULL,
  "expires_at" timestamptz(3),
  "revoked_at" timestamptz(3),
  "last_used_at" timestamptz(3),
  "created_by" uuid,
  "created_at" timestamptz(3) NOT NULL,
  CONSTRAINT "api_keys_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "api_keys_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts" ("id"),
  CONSTRAINT "api_keys_account_id_created_by_fkey" FOREIGN KEY ("account_id", "created_by") REFERENCES "users" ("account_id", "id")
);
CREATE UNIQUE INDEX "api_keys_account_id_secret_hash_key" ON "api_keys" ("account_id", "secret_hash");
CREATE INDEX "api_keys_account_id_created_at_id_idx" ON "api_keys" ("account_id", "created_at" DESC, "id" DESC);

CREATE TABLE "personal_access_tokens" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "user_id" uuid NOT NULL,
  "name" text NOT NULL,
  "prefix" text NOT NULL,
  "secret_hash" bytea NOT NULL,
  "expires_at" timestamptz(3),
  "revoked_at" timestamptz(3),
  "last_used_at" timestamptz(3),
  "created_by" uuid,
  "created_at" timestamptz(3) NOT NULL,
  CONSTRAINT "personal_access_tokens_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "personal_access_tokens_account_id_user_id_fkey" FOREIGN KEY ("account_id", "user_id") REFERENCES "users" ("account_id", "id"),
  CONSTRAINT "personal_access_tokens_account_id_created_by_fkey" FOREIGN KEY ("account_id", "created_by") REFERENCES "users" ("account_id", "id")
);
CREATE UNIQUE INDEX "personal_access_tokens_account_id_secret_hash_key" ON "personal_access_tokens" ("account_id", "secret_hash");
CREATE INDEX "personal_access_tokens_account_id_created_at_id_idx" ON "personal_access_tokens" ("account_id", "created_at" DESC, "id" DESC);
CREATE INDEX "personal_access_tokens_account_id_user_id_created_at_id_idx" ON "personal_access_tokens" ("account_id", "user_id", "created_at" DESC, "id" DESC);
