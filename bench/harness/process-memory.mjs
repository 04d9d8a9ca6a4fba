import { readFileSync } from 'node:fs';

/** Resident memory of a process and the most that it ever was (MiB); null where there is no /proc. */
export function memoryOf(pid) {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return null;
  }
  const mib = (field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)[1]) / 1024;
  return { resident: mib('VmRSS'), highest: mib('VmHWM') };
}

/**
 * Samples a process's resident memory while something is done; answers the samples, each with the seconds since the
 * beginning. There are never more than a few hundred: of many, every other one goes and the pace halves.
 */
export async function sampleMemory(pid, work, everyMs = 1_000) {
  let samples = [];
  let skip = 1;
  let ticks = 0;
  const began = performance.now();
  const timer = setInterval(() => {
    const now = memoryOf(pid);
    if (now === null || ticks++ % skip !== 0) return;
    samples.push({ seconds: (performance.now() - began) / 1000, mib: now.resident });
    if (samples.length < 600) return;
    samples = samples.filter((_, i) => i % 2 === 0);
    skip *= 2;
  }, everyMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return samples;
}

/** By how much memory grows in an hour (MiB), by the line that fits the samples best, and its standard error. */
export function slopePerHour(samples) {
  const count = samples.length;
  if (count < 3) return null;
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / count;
  const [x, y] = [samples.map(({ seconds }) => seconds / 3600), samples.map(({ mib }) => mib)];
  const [mx, my] = [mean(x), mean(y)];
  const xx = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  const slope = x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0) / xx;
  const left = x.reduce((sum, value, i) => sum + (y[i] - my - slope * (value - mx)) ** 2, 0);
  return { slope, error: Math.sqrt(left / (count - 2) / xx) };
}
