import { isDeepStrictEqual } from 'node:util';
import { toWireSecondsUp } from '../common/wire-time.js';
import { type StoredRule, toRule } from '../rules/to-rule.js';
import { applyOverrides } from './apply-overrides.js';
import { evaluate, evaluateOrWarn } from './evaluate.js';
import { fromFactsRecord } from './facts.record.js';
import { withBuiltIn } from './rule.js';
import { blockCodes } from './verdict.js';
import { toViolationDto } from './verdict.mapper.js';

/** A verdict in the words of the wire, as far as two of them are compared. */
export interface ComparedVerdict {
  readonly statusCode: number;
  readonly code: string | null;
  readonly message: string | null;
  readonly retryAfter: string | null;
  /** As `toViolationDto` makes them. */
  readonly violations: readonly object[];
}

/** A recorded attempt: what was decided, and what decided it. */
export interface RecordedAttempt {
  readonly verdict: ComparedVerdict;
  /** An end whose start was never seen: it was recorded whatever the rules were like. */
  readonly withoutStart: boolean;
  readonly facts: Readonly<Record<string, unknown>>;
  /** The rules of these facts, in their order, as they stood. */
  readonly rules: readonly StoredRule[];
}

export interface Replay {
  readonly same: boolean;
  readonly replayed: ComparedVerdict;
}

/**
 * Decides a recorded attempt again, from nothing but the record: a pure function of the facts, the overrides and the
 * revisions of the rules at that instant.
 * @throws Error where a rule of a start cannot be evaluated any more
 */
export function replay({ verdict: recorded, withoutStart, facts: record, rules: stored }: RecordedAttempt): Replay {
  const { attempt, facts, grants } = fromFactsRecord(record);
  const rules = withBuiltIn(stored.map(toRule));
  const evaluated = withoutStart ? evaluateOrWarn(rules, attempt, facts) : evaluate(rules, attempt, facts);
  const { verdict, override } = applyOverrides(evaluated, grants);
  const { blocking, violations } = verdict;
  const passed = recorded.code === null ? recorded.statusCode : 201;
  const replayed: ComparedVerdict = {
    // Whether what passes is new or known already is not for the rules to say.
    statusCode: blocking === null ? passed : blockCodes[blocking.code],
    code: blocking?.code ?? null,
    message: blocking?.message ?? null,
    retryAfter: blocking?.retryAfter ? toWireSecondsUp(blocking.retryAfter) : null,
    violations: violations.map((violation) => asJson(toViolationDto(violation, override))),
  };
  return { same: isDeepStrictEqual(asJson(replayed), asJson(recorded)), replayed };
}

/** As it comes back from the database: times as text, nothing undefined. */
function asJson<Value extends object>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
