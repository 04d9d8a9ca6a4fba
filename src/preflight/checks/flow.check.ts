import { nameKey } from '../../catalog/name-key.js';
import { toWireSeconds, toWireSecondsUp } from '../../common/wire-time.js';
import { blockAll, exempt, finding, lastEndFirst, pass } from '../verdict.js';
import type { Attempt, Check, Finding } from './check.js';
import type { FlowConfig } from './flow.config.js';
import { inWords, minutesInWords } from './in-words.js';
import { type NamedPlace, placeOf } from './place-of.js';

/**
 * Blocks until the version has completed in every required environment, ever, and has been deployed there long enough
 * since. What is missing is told at once, then every soak, the one that ends last first: who waits for the first of them
 * is not turned away by another. A rollback is exempt unless the rule says otherwise.
 */
export const flowCheck: Check<FlowConfig> = {
  needs: ({ requiredEnvironments, applyToRollbacks }) => ({
    here: !applyToRollbacks,
    elsewhere: requiredEnvironments.map(nameKey),
  }),

  evaluate(config, attempt, facts) {
    if (!config.applyToRollbacks && facts.here.firstAt !== null) return exempt();

    const places = config.requiredEnvironments.map((named) => placeOf(facts, named));
    const soaks = places.flatMap((place) => {
      const minutes = config.soakMinutes[place.key] ?? 0;
      return place.lastAt === null ? [] : soakFindings(attempt, place, minutes, place.lastAt, facts.now);
    });
    const findings = [...flowFindings(config, attempt, places), ...soaks.toSorted(lastEndFirst)];
    return findings.length === 0 ? pass() : blockAll(findings);
  },
};

function flowFindings({ strictOrder }: FlowConfig, attempt: Attempt, places: readonly NamedPlace[]): Finding[] {
  const missing = namesOf(places.filter(({ firstAt }) => firstAt === null));
  const tooEarly = strictOrder ? namesOf(places.filter(isTooEarly)) : [];
  if (missing.length + tooEarly.length === 0) return [];

  return [
    finding('FLOW_VIOLATION', {
      message: toMessage(attempt, namesOf(places), missing, tooEarly),
      details: {
        required_environments: namesOf(places),
        missing_environments: missing,
        target_environment: attempt.environmentName,
        ...(tooEarly.length === 0 ? {} : { out_of_order_environments: tooEarly }),
      },
    }),
  ];
}

/** Whether it completed there before it had completed in one that is listed earlier. Equal instants are in order. */
function isTooEarly({ firstAt }: NamedPlace, index: number, places: readonly NamedPlace[]): boolean {
  return (
    firstAt !== null && places.slice(0, index).some((earlier) => earlier.firstAt === null || earlier.firstAt > firstAt)
  );
}

function toMessage(
  { version, environmentName }: Attempt,
  required: readonly string[],
  missing: readonly string[],
  tooEarly: readonly string[],
): string {
  if (tooEarly.length === 0) {
    return `Version ${version} has not completed in ${inWords(missing, 'or')} yet: deploy it there before ${environmentName}`;
  }
  const order = `${environmentName} requires ${required.join(', then ')}`;
  return `Version ${version} completed too early in ${inWords(tooEarly, 'and')}: ${order}. Deploy a new version in that order`;
}

function soakFindings(
  { version, environmentName: target }: Attempt,
  { environmentName: place, isDeployed }: NamedPlace,
  minutes: number,
  deployedAt: Date,
  now: Date,
): Finding[] {
  if (minutes === 0) return [];
  const details = (elapsed: number) => ({
    environment: place,
    required_soak_minutes: minutes,
    elapsed_soak_minutes: elapsed,
    deployed_at: toWireSeconds(deployedAt),
  });
  if (!isDeployed) {
    const again = `deploy it there again and let it run for ${minutesInWords(minutes)} before ${target}`;
    const message = `Version ${version} is no longer deployed in ${place}: ${again}`;
    return [finding('INSUFFICIENT_SOAK_TIME', { message, details: details(0) })];
  }
  // The boundary instant counts as soaked.
  const soakedAt = new Date(deployedAt.getTime() + minutes * 60_000);
  if (now >= soakedAt) return [];

  const elapsed = Math.max(0, Math.floor((now.getTime() - deployedAt.getTime()) / 60_000));
  const from = `it may start in ${target} from ${toWireSecondsUp(soakedAt)} on`;
  const message = `Version ${version} has run in ${place} for ${elapsed} of ${minutesInWords(minutes)}: ${from}`;
  return [finding('INSUFFICIENT_SOAK_TIME', { message, details: details(elapsed), retryAfter: soakedAt })];
}

function namesOf(places: readonly NamedPlace[]): string[] {
  return places.map(({ environmentName }) => environmentName);
}
