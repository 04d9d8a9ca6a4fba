import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { AccountController } from './account.controller.js';
import { AccountRepository } from './account.repository.js';
import { AccountService } from './account.service.js';
import { AccountReset } from './account-reset.js';
import { AccountResetRepository } from './account-reset.repository.js';
import { AccountSetup } from './account-setup.js';
import { AccountSetupRepository } from './account-setup.repository.js';

/** Accounts and their settings. */
@Module({
  imports: [AuditModule, AuthModule],
  controllers: [AccountController],
  providers: [
    AccountRepository,
    AccountService,
    AccountSetup,
    AccountSetupRepository,
    AccountReset,
    AccountResetRepository,
  ],
  exports: [AccountReset, AccountSetup, AccountService],
})
export class AccountsModule {}
