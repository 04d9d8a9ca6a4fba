/** Why the service cannot start, in one line for the operator: what is wrong, and what to do about it. */
export class StartError extends Error {}
