import { Injectable } from '@nestjs/common';
import { builtInConcurrency, type Rule } from './rule.js';

/** The rules under which an account's deployments start: for now what is built in. */
@Injectable()
export class PolicyRules {
  of(_accountId: string): readonly Rule[] {
    return [builtInConcurrency];
  }
}
