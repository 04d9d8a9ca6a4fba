import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { CatalogModule } from '../catalog/catalog.module.js';
import { RulesModule } from '../rules/rules.module.js';
import { ConfigAsCode } from './config-as-code.service.js';
import { ConfigurationChanges } from './configuration-changes.service.js';
import { ConfigurationRepository } from './configuration.repository.js';

/** An account's configuration as a file, for the operator's commands. */
@Module({
  imports: [AccountsModule, AuthModule, CatalogModule, RulesModule],
  providers: [ConfigAsCode, ConfigurationChanges, ConfigurationRepository],
})
export class ConfigAsCodeModule {}
