import { fail } from './fail.js';

/** How a stop goes, together within the 15 s after which an operator's tools lose patience (milliseconds). */
export const stopTimes = { lingerMs: 1_000, timeoutMs: 11_000 };

export const stopSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Ends the process once it has been told to and `stop` is done. */
export function stopOnSignal(stop: () => Promise<void>): void {
  let stopping: Promise<void> | null = null;
  // Ctrl-C comes twice under npm: from the terminal, and passed on.
  for (const signal of stopSignals) {
    process.on(signal, () => {
      stopping ??= stop().then(() => process.exit(0), fail);
    });
  }
}
