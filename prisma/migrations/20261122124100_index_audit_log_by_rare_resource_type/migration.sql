-- What was changed, but for deployments.
CREATE INDEX CONCURRENTLY "audit_log_rare_resource_type_idx" ON "audit_log" ("account_id", "resource_type", "at" DESC, "id" DESC) WHERE "resource_type" NOT IN ('deployment');
