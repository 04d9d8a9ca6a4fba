const failures = new WeakMap<object, unknown>();

/** Keeps what made a request fail, so that it appears in the one line that the log has for the request. */
export function rememberFailure(request: object, error: unknown): void {
  failures.set(request, error);
}

/** What made a request fail, if the service or its database did, or why it was forbidden. */
export function failureOf(request: object): unknown {
  return failures.get(request);
}
