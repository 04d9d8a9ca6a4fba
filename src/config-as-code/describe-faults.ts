import type { PlacedFault } from './read-yaml.js';

/** Nobody mends more at once. */
const mostShown = 100;

/** Every fault in a line of its own, as compilers and editors write them: `FILE:LINE:COLUMN: path: message`. */
export function describeFaults(file: string, faults: readonly PlacedFault[]): string {
  const shown = faults.slice(0, mostShown).map(({ line, column, path, message }) => {
    return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
  });
  const more = faults.length - shown.length;
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  return [`${count}; nothing was changed:`, ...shown, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
}
