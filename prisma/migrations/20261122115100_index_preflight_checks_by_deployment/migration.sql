-- A deployment is asked for its checks when it is erased.
CREATE INDEX CONCURRENTLY "preflight_checks_account_id_deployment_id_idx" ON "preflight_checks" ("account_id", "deployment_id") WHERE "deployment_id" IS NOT NULL;
