import type { Actor } from '../../src/auth/actor.js';
import { BackgroundJobs } from '../../src/common/background-jobs.js';
import { Siblings } from '../../src/workers/siblings.js';
import { Caches } from '../../src/common/caches.js';
import { Clock } from '../../src/common/clock.js';
import { readEnv, readEnvironment } from '../../src/config/env.js';
import { Database } from '../../src/database/database.js';
import { ListDatabase } from '../../src/database/read-replica/list-database.js';
import { AttemptFacts } from '../../src/deployments/attempt-facts.js';
import { DeploymentEventsRepository } from '../../src/deployments/deployment-events.repository.js';
import { DeploymentEventsService } from '../../src/deployments/deployment-events.service.js';
import { EndDeploymentsRepository } from '../../src/deployments/end-deployments.repository.js';
import { EndDeploymentsService } from '../../src/deployments/end-deployments.service.js';
import { Metrics } from '../../src/metrics/metrics.js';
import { Policy } from '../../src/preflight/policy.js';
import { PolicyRules } from '../../src/preflight/policy-rules.js';
import type { Rule } from '../../src/preflight/rule.js';

/** Stands still where it is told to. */
class TestClock extends Clock {
  at: Date | null = null;

  override frozen(): Date | null {
    return this.at;
  }
}

/** The rules of an account that has none, and these. */
class FixedRules extends PolicyRules {
  private readonly policy: Policy;

  constructor(rules: readonly Rule[]) {
    super(new Caches());
    const everywhere = { productKeys: [], environmentKeys: [], environmentTypes: [] };
    this.policy = new Policy(
      0,
      rules.map((rule) => ({ rule, scope: everywhere })),
      new Map(),
    );
  }

  override known(): Policy {
    return this.policy;
  }
}

/** The event path of one replica, without its HTTP: for rules that nobody can write yet, and work that nobody asks for. */
export class EventPath {
  private constructor(
    readonly events: DeploymentEventsService,
    readonly ends: EndDeploymentsService,
    /** Its two round trips, one by one. */
    readonly repository: DeploymentEventsRepository,
    readonly clock: TestClock,
    private readonly database: Database,
  ) {}

  /** On a migrated database; under these rules, or those that the service has. */
  static on(databaseUrl: string, rules?: readonly Rule[]): EventPath {
    const clock = new TestClock();
    const database = new Database({
      url: databaseUrl,
      poolSize: 4,
      prepared: readEnv(readEnvironment()).databasePrepared,
    });
    const repository = new DeploymentEventsRepository(database, clock);
    const metrics = new Metrics(readEnv({}), database, new ListDatabase(database, null, clock), new Siblings());
    const policy = rules === undefined ? new PolicyRules(new Caches()) : new FixedRules(rules);
    return new EventPath(
      new DeploymentEventsService(repository, new AttemptFacts(repository, policy), metrics, clock),
      new EndDeploymentsService(
        new EndDeploymentsRepository(database, clock),
        repository,
        new BackgroundJobs(new Siblings()),
      ),
      repository,
      clock,
      database,
    );
  }

  async close(): Promise<void> {
    await this.database.close();
  }
}

/** A pipeline with the API key of this id. */
export function pipelineActor(accountId: string, apiKeyId: string): Actor {
  return {
    accountId,
    accountSlug: 'default',
    kind: 'api_key',
    credentialId: apiKeyId,
    apiKeyId,
    formerKeyId: null,
    narrowing: null,
    personalAccessTokenId: null,
    userId: null,
    userKind: null,
    role: null,
    approverRoles: [],
    scopes: ['events:write'],
    address: null,
    requestId: 'test',
    idempotency: null,
  };
}
