-- The first 2xx answer to a POST, kept for 24 hours and given again for the same key, credential, path and body.
CREATE TABLE "idempotency_keys" (
  "account_id" uuid NOT NULL,
  -- The API key or personal token that sent it.
  "credential_id" uuid NOT NULL,
  "path" text NOT NULL,
  "key" text NOT NULL,
  "request_hash" bytea NOT NULL,
  -- While the first is running; a lease that has passed may be taken over.
  "leased_until" timestamptz(3) NOT NULL,
  "status_code" integer,
  "location" text,
  -- NULL with a status code: the answer showed a secret and is not kept. Not jsonb: it is given again as it was.
  "body" json,
  "created_at" timestamptz(3) NOT NULL,
  CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("account_id", "credential_id", "path", "key"),
  CONSTRAINT "idempotency_keys_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts" ("id")
);
-- The hourly clean-up.
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys" ("created_at");
