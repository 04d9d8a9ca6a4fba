-- A person's decision about a version. Only `withdrawn_*` is ever set later: what was decided when, under which roles and
-- about which SHA, stays.
CREATE TABLE "approvals" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "version_id" uuid NOT NULL,
  -- NULL: for every environment.
  "environment_id" uuid,
  "user_id" uuid NOT NULL,
  "decision" text NOT NULL,
  "approval_type" text,
  "comments" text,
  -- The role and the approver roles that the person held at that moment.
  "roles" text[] NOT NULL,
  -- The version's SHA at that moment: the decision is about this and nothing else.
  "scm_sha" text,
  "created_at" timestamptz(3) NOT NULL,
  "withdrawn_at" timestamptz(3),
  "withdrawn_by" uuid,
  CONSTRAINT "approvals_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "approvals_account_id_version_id_fkey" FOREIGN KEY ("account_id", "version_id") REFERENCES "versions" ("account_id", "id"),
  CONSTRAINT "approvals_account_id_environment_id_fkey" FOREIGN KEY ("account_id", "environment_id") REFERENCES "environments" ("account_id", "id"),
  CONSTRAINT "approvals_account_id_user_id_fkey" FOREIGN KEY ("account_id", "user_id") REFERENCES "users" ("account_id", "id"),
  CONSTRAINT "approvals_account_id_withdrawn_by_fkey" FOREIGN KEY ("account_id", "withdrawn_by") REFERENCES "users" ("account_id", "id"),
  CONSTRAINT "approvals_decision_check" CHECK ("decision" IN ('approved', 'rejected')),
  CONSTRAINT "approvals_approval_type_check" CHECK ("approval_type" IN ('uat', 'qa', 'performance', 'security', 'code_review', 'compliance'))
);
CREATE INDEX "approvals_account_id_version_id_created_at_id_idx" ON "approvals" ("account_id", "version_id", "created_at" DESC, "id" DESC);
-- Nobody says yes and no to the same thing at once.
CREATE UNIQUE INDEX "approvals_standing_key" ON "approvals" ("account_id", "version_id", "user_id", "environment_id", "approval_type") NULLS NOT DISTINCT WHERE "withdrawn_at" IS NULL;

-- The SHA of a version as it was: an approval counts for exactly what was approved.
CREATE TABLE "version_shas" (
  "account_id" uuid NOT NULL,
  "version_id" uuid NOT NULL,
  "valid_from" timestamptz(3) NOT NULL,
  "scm_sha" text NOT NULL,
  CONSTRAINT "version_shas_pkey" PRIMARY KEY ("account_id", "version_id", "valid_from"),
  CONSTRAINT "version_shas_account_id_version_id_fkey" FOREIGN KEY ("account_id", "version_id") REFERENCES "versions" ("account_id", "id")
);
INSERT INTO "version_shas" ("account_id", "version_id", "valid_from", "scm_sha")
SELECT "account_id", "id", coalesce("sha_fixed_at", "created_at"), "scm_sha" FROM "versions" WHERE "scm_sha" IS NOT NULL;
