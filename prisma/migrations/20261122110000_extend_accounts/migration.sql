-- How long raw events, recorded checks and sealed audit entries are kept, in days; NULL: for ever. `time_zone` is for
-- display alone (IANA).
ALTER TABLE "accounts"
  ADD COLUMN "time_zone" text NOT NULL DEFAULT 'UTC',
  ADD COLUMN "retain_events_days" integer,
  ADD COLUMN "retain_checks_days" integer,
  ADD COLUMN "retain_audit_days" integer,
  ADD CONSTRAINT "accounts_retain_check" CHECK ("retain_events_days" >= 1 AND "retain_checks_days" >= 1 AND "retain_audit_days" >= 1) NOT VALID;
