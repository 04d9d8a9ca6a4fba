-- What was done, but for what pipelines do in masses: a start and its end are in no such index, and cost what they did.
CREATE INDEX CONCURRENTLY "audit_log_rare_action_idx" ON "audit_log" ("account_id", "action", "at" DESC, "id" DESC) WHERE "action" NOT IN ('deployment.started', 'deployment.completed');
