-- People and service accounts. What they may do lies in user_roles, with from and to.
CREATE TABLE "users" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "kind" text NOT NULL DEFAULT 'person',
  "email" text,
  -- The e-mail in lower case, as the service folds it: independent of the database's locale.
  "email_key" text,
  "name" text NOT NULL,
  "logins" text[] NOT NULL DEFAULT '{}',
  "deactivated_at" timestamptz(3),
  "created_at" timestamptz(3) NOT NULL,
  "updated_at" timestamptz(3) NOT NULL,
  CONSTRAINT "users_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "users_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts" ("id"),
  CONSTRAINT "users_kind_check" CHECK ("kind" IN ('person', 'service')),
  CONSTRAINT "users_email_check" CHECK (("kind" = 'person') = ("email_key" IS NOT NULL))
);
CREATE UNIQUE INDEX "users_account_id_email_key_key" ON "users" ("account_id", "email_key");

-- Roles as they were: never overwritten, so that a back-test knows who could approve then.
CREATE TABLE "user_roles" (
  "account_id" uuid NOT NULL,
  "user_id" uuid NOT NULL,
  "valid_from" timestamptz(3) NOT NULL,
  "valid_to" timestamptz(3),
  "role" text NOT NULL,
  "approver_roles" text[] NOT NULL DEFAULT '{}',
  CONSTRAINT "user_roles_pkey" PRIMARY KEY ("account_id", "user_id", "valid_from"),
  CONSTRAINT "user_roles_account_id_user_id_fkey" FOREIGN KEY ("account_id", "user_id") REFERENCES "users" ("account_id", "id"),
  CONSTRAINT "user_roles_valid_check" CHECK ("valid_to" IS NULL OR "valid_to" > "valid_from")
);
CREATE UNIQUE INDEX "user_roles_current_key" ON "user_roles" ("account_id", "user_id") WHERE "valid_to" IS NULL;
