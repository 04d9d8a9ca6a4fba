import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { BacktestController } from './backtest.controller.js';
import { BacktestRepository } from './backtest.repository.js';
import { BacktestService } from './backtest.service.js';
import { AuthModule } from '../auth/auth.module.js';
import { CalendarController } from './calendar.controller.js';
import { CalendarService } from './calendar.service.js';
import { EnforcedSchedules } from './enforced-schedules.service.js';
import { FlowCircles } from './flow-circles.service.js';
import { RuleChanges } from './rule-changes.service.js';
import { RuleViolationsController } from './rule-violations.controller.js';
import { RuleViolationsRepository } from './rule-violations.repository.js';
import { RuleViolationsService } from './rule-violations.service.js';
import { RuleWarningsRepository } from './rule-warnings.repository.js';
import { RuleWarnings } from './rule-warnings.service.js';
import { RulesController } from './rules.controller.js';
import { RulesRepository } from './rules.repository.js';
import { RulesService } from './rules.service.js';
import { ScopeNamesRepository } from './scope-names.repository.js';

/** The policies of an account, and what they have found. */
@Module({
  imports: [AuditModule, AuthModule],
  // Literal paths before the one that takes an id.
  controllers: [RuleViolationsController, CalendarController, BacktestController, RulesController],
  providers: [
    RulesService,
    RuleChanges,
    RulesRepository,
    ScopeNamesRepository,
    FlowCircles,
    RuleWarnings,
    RuleWarningsRepository,
    RuleViolationsService,
    RuleViolationsRepository,
    CalendarService,
    EnforcedSchedules,
    BacktestService,
    BacktestRepository,
  ],
  exports: [RuleChanges, RulesRepository, RuleWarnings, FlowCircles],
})
export class RulesModule {}
