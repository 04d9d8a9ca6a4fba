-- Replaced by preflight_checks_version_idx.
DROP INDEX CONCURRENTLY IF EXISTS "preflight_checks_account_id_version_id_environment_id_idx";
