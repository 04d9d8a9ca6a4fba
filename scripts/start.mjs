// npm start   builds what is not up to date, and becomes the service
import { readFileSync } from 'node:fs';
import { buildOrExit } from './build.mjs';

/**
 * npm that is killed tells nobody; the service must not outlive it unseen, keeping its port and its data folder. Between
 * the two stands a shell, which outlives npm as well: what changes is the shell's parent, or this process's.
 */
function endWithNpm() {
  const parents = () => {
    try {
      // pid (command) state ppid …
      return `${process.ppid} ${readFileSync(`/proc/${process.ppid}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]}`;
    } catch {
      return String(process.ppid);
    }
  };
  const atStart = parents();
  const timer = setInterval(() => {
    if (parents() === atStart) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 300);
  timer.unref();
}

await buildOrExit();
if (process.env.npm_lifecycle_event !== undefined) endWithNpm();
await import('../dist/main.js');
