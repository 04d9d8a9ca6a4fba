import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as newId } from 'uuid';
import type { Actor } from '../src/auth/actor.js';
import { decideEvent } from '../src/deployments/decide-event.js';
import type { DeploymentEvent } from '../src/deployments/deployment-event.js';
import type { PlannedWrite } from '../src/deployments/write-values.js';
import { NewCellNames } from '../src/deployments/new-cell-names.js';
import { builtInConcurrency, needsOf, type Rule } from '../src/preflight/rule.js';
import { EventPath, pipelineActor } from './support/event-path.js';
import { sampleEvent } from './support/sample-deployments.js';
import { useVersioner } from './support/use-versioner.js';

const onePerEnvironment = {
  ...builtInConcurrency,
  config: { maxConcurrent: 1, per: 'environment' },
} as Rule;

/** What has been decided is written if nothing has moved since its facts were read: here something always has. */
describe('a decision', () => {
  const bed = useVersioner();
  let path: EventPath;
  let actor: Actor;

  beforeEach(async () => {
    const [key] = await bed.rows('SELECT account_id, id FROM api_keys');
    actor = pipelineActor(key!['account_id'] as string, key!['id'] as string);
    path = EventPath.on(bed.versioner.databaseUrl);
  });

  afterEach(async () => {
    await path.close();
  });

  /** Reads the facts and decides; writes nothing yet. */
  async function decide(
    event: Partial<DeploymentEvent>,
    rules: readonly Rule[] = [builtInConcurrency],
  ): Promise<PlannedWrite> {
    const sent = sampleEvent(event);
    const read = await path.repository.readFacts(actor.accountId, [{ event: sent, actor }], [needsOf(rules)], 0);
    const facts = read.facts[0]!;
    const names = new NewCellNames().complete(sent, facts);
    const { plan } = decideEvent({
      event: sent,
      facts,
      names,
      rules,
      holdsSkipScope: false,
      personId: null,
      grants: [],
      newId,
    });
    return { plan: plan!, actor, answer: null };
  }

  /** Which of them were written. */
  async function write(...writes: PlannedWrite[]): Promise<number[]> {
    return [...(await path.repository.write(actor.accountId, writes))];
  }

  it('is written whole, once', async () => {
    const start = await decide({});
    expect(await write(start)).toEqual([0]);
    const before = await bed.written();
    expect(before).toMatchObject({
      products: 1,
      versions: 1,
      deployments: 1,
      deployment_events: 1,
      preflight_checks: 1,
    });
    expect(await write(start)).toEqual([]);
    expect(await bed.written()).toEqual(before);
  });

  it.each(['started', 'pending', 'completed', 'failed'] as const)(
    'that another one has overtaken in its cell is not written: %s',
    async (status) => {
      await write(await decide({ version: 'first', status: 'completed' }));
      const [one, other] = [await decide({ version: '1', status }), await decide({ version: '2', status })];
      expect(await write(one)).toEqual([0]);
      const before = await bed.written();
      expect(await write(other)).toEqual([]);
      // The version is known by now, on the record, and nothing else of it.
      const known = { versions: before['versions']! + 1, audit_log: before['audit_log']! + 1 };
      expect(await bed.written()).toEqual({ ...before, ...known });
    },
  );

  it('for a name that another one has just made is not written', async () => {
    const [one, other] = [await decide({ version: '1' }), await decide({ version: '2', environmentName: 'staging' })];
    expect([await write(one), await write(other)]).toEqual([[0], []]);
    expect(await bed.written()).toMatchObject({ products: 1, deployments: 1 });
  });

  it('to start falls with the policy that it was reached under; what has happened stands', async () => {
    await write(await decide({ productName: 'first', status: 'failed' }));
    const [start, end] = [await decide({ productName: 'a' }), await decide({ productName: 'b', status: 'completed' })];
    await bed.rows('UPDATE accounts SET policy_revision = policy_revision + 1');
    expect(await write(start, end)).toEqual([1]);
    expect(await bed.rows('SELECT status FROM deployments ORDER BY id')).toEqual([
      { status: 'failed' },
      { status: 'completed' },
    ]);
  });

  it('to start falls with the gate of its environment where a scope spans products; an end does not', async () => {
    await write(await decide({ productName: 'first', status: 'completed' }));
    const rules = [onePerEnvironment];
    const [a, b] = [await decide({ productName: 'a' }, rules), await decide({ productName: 'b' }, rules)];
    const end = await decide({ productName: 'c', status: 'failed' }, rules);
    expect([await write(a), await write(b), await write(end)]).toEqual([[0], [], [0]]);
    expect(await bed.rows("SELECT count(*)::int AS started FROM deployments WHERE status = 'started'")).toEqual([
      { started: 1 },
    ]);
  });

  it('that does not stand takes nothing else of its batch with it', async () => {
    await write(await decide({ productName: 'known', status: 'completed' }));
    const overtaken = await decide({ productName: 'known', version: '2' });
    await write(await decide({ productName: 'known', version: '1' }));
    const [x, y] = [await decide({ productName: 'x' }), await decide({ productName: 'y', environmentName: 'staging' })];
    expect(await write(x, overtaken, y)).toEqual([0, 2]);
  });
});
