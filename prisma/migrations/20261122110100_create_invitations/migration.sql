-- A one-time token with which a person makes their first personal token. Only its SHA-256 is stored.
CREATE TABLE "invitations" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "user_id" uuid NOT NULL,
  "prefix" text NOT NULL,
  "secret_hash" bytea NOT NULL,
  "expires_at" timestamptz(3) NOT NULL,
  "accepted_at" timestamptz(3),
  "revoked_at" timestamptz(3),
  "created_by" uuid,
  "created_at" timestamptz(3) NOT NULL,
  CONSTRAINT "invitations_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "invitations_account_id_user_id_fkey" FOREIGN KEY ("account_id", "user_id") REFERENCES "users" ("account_id", "id"),
  CONSTRAINT "invitations_account_id_created_by_fkey" FOREIGN KEY ("account_id", "created_by") REFERENCES "users" ("account_id", "id"),
  CONSTRAINT "invitations_end_check" CHECK ("accepted_at" IS NULL OR "revoked_at" IS NULL)
);
CREATE UNIQUE INDEX "invitations_account_id_secret_hash_key" ON "invitations" ("account_id", "secret_hash");
CREATE INDEX "invitations_account_id_created_at_id_idx" ON "invitations" ("account_id", "created_at" DESC, "id" DESC);
CREATE INDEX "invitations_account_id_user_id_created_at_id_idx" ON "invitations" ("account_id", "user_id", "created_at" DESC, "id" DESC);
-- A new invitation revokes the one before.
CREATE UNIQUE INDEX "invitations_open_key" ON "invitations" ("account_id", "user_id") WHERE "accepted_at" IS NULL AND "revoked_at" IS NULL;
