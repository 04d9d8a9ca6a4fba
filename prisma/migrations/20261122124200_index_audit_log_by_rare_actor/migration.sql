-- What people, the service and operators did: not what API keys do.
CREATE INDEX CONCURRENTLY "audit_log_rare_actor_idx" ON "audit_log" ("account_id", "actor_kind", "at" DESC, "id" DESC) WHERE "actor_kind" NOT IN ('api_key');
