import { readdirSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

const ticksPerSecond = process.platform === 'linux' ? Number(execFileSync('getconf', ['CLK_TCK'])) : NaN;

/**
 * CPU time of a process and all its descendants so far (milliseconds, user and system, ended children included);
 * null where there is no /proc.
 */
export function cpuOfTree(root) {
  if (process.platform !== 'linux' || root === null) return null;
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readStat)
    .filter((stat) => stat !== null);
  const inTree = new Set([root]);
  // A child may stand before its parent in the list: go on until nothing is added.
  for (let before = 0; before < inTree.size;) {
    before = inTree.size;
    for (const { pid, parent } of processes) if (inTree.has(parent)) inTree.add(pid);
  }
  const ticks = processes.filter(({ pid }) => inTree.has(pid)).reduce((sum, stat) => sum + stat.ticks, 0);
  return (ticks / ticksPerSecond) * 1000;
}

export function parentOf(pid) {
  return readStat(pid)?.parent ?? null;
}

/** The name of a process's program; null if there is no such process on this machine. */
export function commandOf(pid) {
  return readStat(pid)?.command ?? null;
}

/** Fields of proc_pid_stat(5): 2 the command in brackets, 4 the parent, 14 to 17 the ticks of itself and of ended children. */
function readStat(pid) {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  return {
    pid: Number(pid),
    command: text.slice(text.indexOf('(') + 1, end),
    parent: Number(fields[1]),
    ticks: fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0),
  };
}
