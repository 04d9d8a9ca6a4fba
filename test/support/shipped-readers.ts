import type { RawAnswer } from './raw-http.js';

/*
 * What the two clients that people have in their pipelines make of an answer to a deployment event, as it was observed of
 * the Versioner CLI 1.0.10 and the Versioner CI action 1.0.0. Neither will change.
 */

type Json = Readonly<Record<string, unknown>>;

/** What somebody sees of a refusal by the pre-flight checks, in the log or in the summary of the run. */
export interface Shown {
  /** Of the step, whatever its fail flag says. */
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
  /** Null: no rule is shown. */
  readonly rule: string | null;
  readonly retryAfter: unknown;
  /** Printed whole; null: nothing is. */
  readonly details: Json | null;
  /** Whether the client says what to do; for any other code it says "resolve the issue described above". */
  readonly advises: boolean;
}

const advisedCodes = ['FLOW_VIOLATION', 'INSUFFICIENT_SOAK_TIME', 'QUALITY_APPROVAL_REQUIRED', 'APPROVAL_REQUIRED'];

function advises(status: number, code: string): boolean {
  return status !== 428 || advisedCodes.includes(code);
}

/** The CLI reads what stands under `detail`, and there texts alone. */
export function shownByCli({ status, body }: Pick<RawAnswer, 'status' | 'body'>): Shown {
  const { detail } = JSON.parse(body) as Json;
  if (!isObject(detail)) {
    const message = typeof detail === 'string' ? detail : 'API error: <nil>';
    return { exitCode: 5, code: '', message, rule: null, retryAfter: null, details: null, advises: false };
  }
  const details = isObject(detail['details']) ? detail['details'] : null;
  const code = textOf(detail['code']) ?? '';
  return {
    exitCode: 5,
    code,
    message: textOf(detail['message']) ?? '',
    rule: textOf(details?.['rule_name']),
    retryAfter: textOf(detail['retry_after']),
    details,
    advises: advises(status, code),
  };
}

/** The action reads what stands under `detail` too, and takes it as it is. */
export function shownByAction({ status, body }: Pick<RawAnswer, 'status' | 'body'>): Shown {
  const { detail } = JSON.parse(body) as { detail?: Json };
  const details = (detail?.['details'] ?? null) as Json | null;
  const code = (detail?.['code'] ?? 'UNKNOWN') as string;
  return {
    exitCode: 1,
    code,
    message: (detail?.['message'] ?? 'Deployment rejected by Versioner') as string,
    rule: (details?.['rule_name'] ?? 'Unknown Rule') as string,
    retryAfter: detail?.['retry_after'] ?? null,
    details,
    advises: advises(status, code),
  };
}

/** What the action prints as a warning where a deployment may start: what rules that only report have found. */
export function warningsOfAction({ body }: Pick<RawAnswer, 'body'>): { rule: unknown; message: unknown }[] {
  const { extra_metadata: metadata } = JSON.parse(body) as {
    extra_metadata?: { preflight_status?: { rules_evaluated?: Json[] } };
  };
  return (metadata?.preflight_status?.rules_evaluated ?? [])
    .filter(({ status, evaluation_result: result }) => status === 'report_only' && result === 'failed')
    .map(({ rule_name: rule, error_message: message }) => ({ rule, message }));
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
