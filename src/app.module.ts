import { type DynamicModule, Module } from '@nestjs/common';
import { AccountsModule } from './accounts/accounts.module.js';
import { ApprovalsModule } from './approvals/approvals.module.js';
import { AuditLogModule } from './audit/audit-log.module.js';
import { AuthModule } from './auth/auth.module.js';
import { BuildsModule } from './builds/builds.module.js';
import { CatalogModule } from './catalog/catalog.module.js';
import { Clock } from './common/clock.js';
import { LoggingModule } from './common/logging/logging.module.js';
import { ConfigAsCodeModule } from './config-as-code/config-as-code.module.js';
import { Env } from './config/env.js';
import { CoreModule } from './core.module.js';
import { DatabaseModule } from './database/database.module.js';
import { poolSizeOfEach } from './database/pool-size.js';
import { DeploymentEventsModule } from './deployments/deployment-events.module.js';
import { DeploymentsModule } from './deployments/deployments.module.js';
import { DocsModule } from './docs/docs.module.js';
import { HealthModule } from './health/health.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { OverridesModule } from './preflight/overrides.module.js';
import { PreflightChecksModule } from './preflight/preflight-checks.module.js';
import { RetentionModule } from './retention/retention.module.js';
import { RulesModule } from './rules/rules.module.js';
import { TransferModule } from './transfer/transfer.module.js';
import { Siblings } from './workers/siblings.js';

export interface AppOptions {
  readonly env: Env;
  readonly clock: Clock;
  /** Of the database in use: the configured one or the embedded one. */
  readonly databaseUrl: string;
  /** The other processes of this service; without it this one serves alone. */
  readonly siblings?: Siblings;
}

/** The list of features. */
@Module({})
export class AppModule {
  static with({ env, clock, databaseUrl, siblings = new Siblings() }: AppOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CoreModule.with({ env, clock, siblings }),
        DatabaseModule.on({
          url: databaseUrl,
          replicaUrl: env.databaseReplicaUrl,
          poolSize: poolSizeOfEach(env),
          prepared: env.databasePrepared,
        }),
        LoggingModule,
        AuthModule,
        AccountsModule,
        AuditLogModule,
        CatalogModule,
        BuildsModule,
        ApprovalsModule,
        DeploymentEventsModule,
        DeploymentsModule,
        RulesModule,
        OverridesModule,
        ConfigAsCodeModule,
        PreflightChecksModule,
        RetentionModule,
        TransferModule,
        MetricsModule,
        HealthModule,
        DocsModule,
      ],
    };
  }
}
