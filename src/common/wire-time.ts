/** RFC 3339 in UTC with `Z` and milliseconds: every time of the API but those of a refusal. */
export function toWireTime(time: Date): string {
  return time.toISOString();
}

/** RFC 3339 in UTC with `Z` and whole seconds, cut: the times of a refusal. */
export function toWireSeconds(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** As `toWireSeconds`, but rounded up: who waits until then has waited long enough. */
export function toWireSecondsUp(time: Date): string {
  return toWireSeconds(new Date(Math.ceil(time.getTime() / 1000) * 1000));
}
