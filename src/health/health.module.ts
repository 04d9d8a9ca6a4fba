import { Global, Module } from '@nestjs/common';
import { DatabaseProbe } from '../database/database-probe.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { Readiness } from './readiness.js';
import { RequestGate } from './request-gate.js';

/** Whether the service is well, and the gate that requests come in by. */
@Global()
@Module({
  controllers: [HealthController],
  providers: [DatabaseProbe, HealthService, Readiness, RequestGate],
  exports: [Readiness, RequestGate],
})
export class HealthModule {}
