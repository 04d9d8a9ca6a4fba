import { Module } from '@nestjs/common';
import { PolicyRules } from './policy-rules.js';

/** The pre-flight checks: pure functions, and the rules that they are given. */
@Module({ providers: [PolicyRules], exports: [PolicyRules] })
export class PreflightModule {}
