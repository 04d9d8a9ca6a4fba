-- What the retention has removed for good: reads of the time before are known to be incomplete.
ALTER TABLE "accounts"
  ADD COLUMN "events_removed_before" timestamptz(3),
  ADD COLUMN "checks_removed_before" timestamptz(3);

-- One application of an account's retention: how far it has come, written in the transaction of each batch, so that whoever
-- goes on after an interruption removes and counts nothing twice. Audited when it ends.
CREATE TABLE "retention_runs" (
  "account_id" uuid NOT NULL,
  "id" uuid NOT NULL,
  "by" text NOT NULL,
  -- What is older goes; NULL: it is kept for ever.
  "events_before" timestamptz(3),
  "checks_before" timestamptz(3),
  "audit_before" timestamptz(3),
  -- Which part it is at, and the last row that it has looked at there.
  "step" text NOT NULL,
  "last_at" timestamptz(3),
  "last_id" uuid,
  "deployment_events" bigint NOT NULL DEFAULT 0,
  "build_events" bigint NOT NULL DEFAULT 0,
  "preflight_checks" bigint NOT NULL DEFAULT 0,
  "rule_violations" bigint NOT NULL DEFAULT 0,
  "audit_entries" bigint NOT NULL DEFAULT 0,
  "started_at" timestamptz(3) NOT NULL,
  "finished_at" timestamptz(3),
  CONSTRAINT "retention_runs_pkey" PRIMARY KEY ("account_id", "id"),
  CONSTRAINT "retention_runs_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts" ("id"),
  CONSTRAINT "retention_runs_by_check" CHECK ("by" IN ('service', 'operator'))
);
-- One at a time.
CREATE UNIQUE INDEX "retention_runs_open_key" ON "retention_runs" ("account_id") WHERE "finished_at" IS NULL;
CREATE INDEX "retention_runs_account_id_started_at_idx" ON "retention_runs" ("account_id", "started_at" DESC);
-- Which attempt used an override up: asked for each attempt that the retention removes.
CREATE INDEX "preflight_overrides_account_id_preflight_check_id_idx" ON "preflight_overrides" ("account_id", "preflight_check_id") WHERE "preflight_check_id" IS NOT NULL;
