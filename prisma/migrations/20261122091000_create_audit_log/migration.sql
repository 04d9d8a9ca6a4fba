-- Who changed what, in the transaction of the change. Append-only.
CREATE TABLE "audit_log" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "at" timestamptz(3) NOT NULL,
  "actor_kind" text NOT NULL,
  "api_key_id" uuid,
  "user_id" uuid,
  "address" text,
  "request_id" text,
  "action" text NOT NULL,
  "resource_type" text NOT NULL,
  "resource_id" uuid NOT NULL,
  "before" jsonb,
  "after" jsonb,
  CONSTRAINT "audit_log_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "audit_log_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts" ("id"),
  CONSTRAINT "audit_log_account_id_api_key_id_fkey" FOREIGN KEY ("account_id", "api_key_id") REFERENCES "api_keys" ("account_id", "id"),
  CONSTRAINT "audit_log_account_id_user_id_fkey" FOREIGN KEY ("account_id", "user_id") REFERENCES "users" ("account_id", "id"),
  CONSTRAINT "audit_log_actor_kind_check" CHECK ("actor_kind" IN ('api_key', 'user', 'service', 'operator'))
);
