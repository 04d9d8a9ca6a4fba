import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Actor } from '../src/auth/actor.js';
import { DeploymentBlockedError } from '../src/common/errors/deployment-blocked.error.js';
import type { DeploymentEvent } from '../src/deployments/deployment-event.js';
import type { EventAnswer } from '../src/deployments/event-answer.js';
import type { Rule } from '../src/preflight/rule.js';
import { busiest } from './support/busiest.js';
import { EventPath, pipelineActor } from './support/event-path.js';
import { full } from './support/full.js';
import { sampleEvent } from './support/sample-deployments.js';
import { useVersioner } from './support/use-versioner.js';

function atMost(
  maxConcurrent: number,
  per: 'environment' | 'product_environment',
  status: Rule['status'] = 'enabled',
): Rule {
  return {
    id: null,
    revision: null,
    message: null,
    name: `at most ${maxConcurrent}`,
    type: 'concurrency',
    status,
    config: { maxConcurrent, per },
  };
}

const rounds = Array.from({ length: full(20, 3) }, (_, round) => `round-${round}`);

describe('several holders, and scopes that span products', () => {
  const bed = useVersioner();
  let actor: Actor;
  let replicas: EventPath[] = [];

  beforeEach(async () => {
    const [key] = await bed.rows('SELECT account_id, id FROM api_keys');
    actor = pipelineActor(key!['account_id'] as string, key!['id'] as string);
  });

  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    replicas = [];
  });

  function underRules(...rules: Rule[]): void {
    replicas = [EventPath.on(bed.versioner.databaseUrl, rules), EventPath.on(bed.versioner.databaseUrl, rules)];
  }

  /** What one of the two replicas says. */
  async function record(i: number, event: Partial<DeploymentEvent>): Promise<EventAnswer | DeploymentBlockedError> {
    try {
      return await replicas[i % 2]!.events.record(sampleEvent(event), actor);
    } catch (error) {
      if (error instanceof DeploymentBlockedError) return error;
      throw error;
    }
  }

  const startedOf = (answers: readonly (EventAnswer | DeploymentBlockedError)[]) =>
    answers.filter((answer): answer is EventAnswer => !(answer instanceof DeploymentBlockedError));
  const blockedOf = (answers: readonly (EventAnswer | DeploymentBlockedError)[]) =>
    answers.filter((answer) => answer instanceof DeploymentBlockedError);

  it.each(rounds)('let as many start at once as one product and environment has slots: %s', async (productName) => {
    underRules(atMost(3, 'product_environment'));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => record(i, { productName, version: `1.${i}`, invokeId: `${i}` })),
    );
    expect([startedOf(answers).length, blockedOf(answers).length]).toEqual([3, 17]);
    expect(await busiest(bed.database, 'production')).toBe(3);
    // The oldest of the three is named, to everybody.
    const [oldest] = await bed.rows(
      "SELECT id FROM deployments WHERE status = 'started' ORDER BY start_received_at, id",
    );
    expect(new Set(blockedOf(answers).map(({ body }) => body.details['conflicting_deployment_id']))).toEqual(
      new Set([oldest!['id']]),
    );
  });

  it.each(rounds)('let as many products start at once as a new environment has slots: %s', async (environmentName) => {
    underRules(atMost(2, 'environment'));
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) => record(i, { productName: `p${i}`, environmentName })),
    );
    expect([startedOf(answers).length, blockedOf(answers).length]).toEqual([2, 28]);
    expect(await busiest(bed.database, environmentName)).toBe(2);
  });

  it('never let more than that be in progress, whatever starts and ends', async () => {
    underRules(atMost(3, 'environment'));
    const worker = async (_: unknown, i: number): Promise<void> => {
      for (let turn = 0; turn < full(100, 8); turn++) {
        const event = { productName: `p${(i + turn) % 6}`, version: `${i}.${turn}`, invokeId: `${i}.${turn}` };
        const started = await record(i + turn, event);
        if (!(started instanceof DeploymentBlockedError)) await record(turn, { ...event, status: 'completed' });
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    expect(await busiest(bed.database, 'production')).toBeLessThanOrEqual(3);
    for (const product of [0, 1, 2, 3, 4, 5])
      expect(await busiest(bed.database, 'production', `p${product}`)).toBeLessThanOrEqual(1);
    expect(await bed.rows("SELECT id FROM deployments WHERE status = 'started'")).toEqual([]);
  }, 600_000);

  it('keep environments apart', async () => {
    underRules(atMost(1, 'environment'));
    const places = ['a', 'b', 'c', 'd'];
    const answers = await Promise.all(places.map((environmentName, i) => record(i, { environmentName })));
    expect(startedOf(answers)).toHaveLength(4);
  });

  it('give the slot of the deployment that is replaced to the one that replaces it', async () => {
    underRules(atMost(1, 'environment'));
    const first = await record(0, { invokeId: 'run', runAttempt: '1' });
    const second = await record(1, { invokeId: 'run', runAttempt: '2' });
    expect(startedOf([first, second]).map(({ statusCode }) => statusCode)).toEqual([201, 201]);
    const blocked = (await record(0, { productName: 'other' })) as DeploymentBlockedError;
    expect(blocked.body.details).toMatchObject({ conflicting_product: 'my-service', rule_name: 'at most 1' });
  });

  it('hold nobody up where they only report', async () => {
    underRules(atMost(1, 'environment', 'report_only'));
    await record(0, { productName: 'a' });
    const answer = (await record(1, { productName: 'b' })) as EventAnswer;
    expect(answer).toMatchObject({
      statusCode: 201,
      body: {
        preflight_status: 'passed',
        extra_metadata: {
          preflight_status: {
            rules_evaluated: [
              { rule_name: 'Concurrency (built in)', evaluation_result: 'passed' },
              {
                rule_name: 'at most 1',
                status: 'report_only',
                evaluation_result: 'failed',
                error_code: 'CONCURRENT_DEPLOYMENT',
              },
            ],
          },
        },
      },
    });
  });
});
