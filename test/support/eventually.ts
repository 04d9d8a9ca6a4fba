import { setTimeout as pause } from 'node:timers/promises';

/** Waits until something holds, however long that takes; the test's own time limit is the only one. */
export async function eventually(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await pause(20);
}
