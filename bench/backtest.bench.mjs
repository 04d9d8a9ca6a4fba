import { readFileSync, writeFileSync } from 'node:fs';
import { openCluster } from './harness/cluster.mjs';
import { layHistory } from './harness/past-attempts.mjs';
import { cpuOfTree } from './harness/process-cpu.mjs';
import { adminToken, createTemplate, startVersioner } from './harness/services.mjs';
import { printTable, shown, spread } from './harness/statistics.mjs';

export const summary = 'POST /deployment-rules/backtest over recorded attempts, a rule of each type: time, CPU, memory';
/** `attempts`: recorded, all in the scope of each rule. `rounds`: back-tests of each rule. */
export const defaults = { attempts: 50_000, rounds: 3 };

const target = 5;
const template = 'bench_template';
const freeze = { start_day: 'friday', start_time: '15:00', end_day: 'monday', end_time: '00:00' };
const weekly = { mode: 'deny', timezone: 'America/Los_Angeles', recurrence: 'weekly', windows: [freeze] };
const rules = {
  schedule: { type: 'schedule', config: weekly },
  'schedule, p95 runway': { type: 'schedule', config: { ...weekly, runway: 'p95' } },
  flow: {
    type: 'flow',
    config: { required_environments: ['dev', 'staging'], target_environment: 'production', soak_minutes: 925 },
  },
  cooldown: { type: 'cooldown', config: { minutes: 145 } },
  approval: { type: 'approval', config: { required_approvals: 2, approver_roles: ['team-lead'], valid_for_hours: 72 } },
  version_approval: {
    type: 'version_approval',
    config: { required_approval_types: ['qa'], prerequisite_environment: 'staging' },
  },
  'concurrency, product': { type: 'concurrency', config: { max_concurrent: 1, per: 'product_environment' } },
  'concurrency, environment': { type: 'concurrency', config: { max_concurrent: 1, per: 'environment' } },
};

export async function run({ attempts, rounds }) {
  const cluster = await openCluster();
  try {
    await createTemplate(cluster, template);
    const database = await cluster.createDatabase('bench_leg', template);
    const period = await layHistory(database, { attempts });
    const service = await startVersioner(database);
    try {
      const idle = peakMemory(service.pid);
      const results = {};
      for (const [name, rule] of Object.entries(rules)) {
        results[name] = await measure(
          service,
          await cluster.processId(),
          { rule: { name, ...rule }, ...period },
          rounds,
        );
        console.log(`  ${name}: ${results[name].seconds.map((s) => s.toFixed(2)).join(', ')} s`);
      }
      print(results, idle);
      return { postgres: await cluster.version(), idle_mib: idle, results };
    } finally {
      await service.stop();
      await cluster.dropDatabase('bench_leg');
    }
  } finally {
    await cluster.dropDatabase(template);
    await cluster.stop();
  }
}

async function measure({ url, pid }, databasePid, body, rounds) {
  const [seconds, serviceCpu, databaseCpu] = [[], [], []];
  let answer;
  forgetPeak(pid);
  for (let round = 0; round < rounds; round++) {
    const [begin, service, database] = [performance.now(), cpuOfTree(pid), cpuOfTree(databasePid)];
    const response = await fetch(`${url}/deployment-rules/backtest`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${adminToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    answer = await response.json();
    seconds.push((performance.now() - begin) / 1000);
    serviceCpu.push(secondsSince(service, pid));
    databaseCpu.push(secondsSince(database, databasePid));
    if (response.status !== 200) throw new Error(`Answered ${response.status}: ${JSON.stringify(answer)}`);
  }
  const { evaluated, blocked } = answer;
  const cpu = { service_cpu_seconds: serviceCpu, database_cpu_seconds: databaseCpu };
  return { evaluated, blocked, seconds, ...cpu, peak_mib: peakMemory(pid) };
}

/** CPU of a process; null where there is no /proc. */
function secondsSince(before, pid) {
  return before === null ? null : (cpuOfTree(pid) - before) / 1000;
}

/** The most memory that a process has held at once (MiB of its resident set); null where there is no /proc. */
function peakMemory(pid) {
  try {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(kib) / 1024;
  } catch {
    return null;
  }
}

/** From now on the peak counts anew, where the system allows it. */
function forgetPeak(pid) {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // The peak of the rules before is the peak of this one, too.
  }
}

function print(results, idle) {
  console.log(`\nseconds, median (minimum…maximum); before the first one the service held ${mib(idle)}`);
  printTable([
    ['', 'evaluated', 'blocked', 'seconds', 'to reach', 'CPU, service', 'CPU, PostgreSQL', 'peak memory'],
    ...Object.entries(results).map(([name, result]) => [
      name,
      `${result.evaluated}`,
      `${result.blocked}`,
      shown(spread(result.seconds)),
      `< ${target}`,
      shown(spread(result.service_cpu_seconds)),
      shown(spread(result.database_cpu_seconds)),
      mib(result.peak_mib),
    ]),
  ]);
}

function mib(value) {
  return value === null ? 'not measured' : `${value.toFixed(0)} MiB`;
}
