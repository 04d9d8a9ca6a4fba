import { measureEvents } from './load.mjs';

/**
 * The rate that was asked for, or half of what a warm service takes over 16 connections, each sending its next event as
 * soon as it has an answer.
 * @param database its URL
 * @param given events a second; 0 measures
 */
export async function halfTopRate(service, database, given) {
  const rate = given > 0 ? given : Math.floor((await topRate(service, database)) / 2);
  console.log(`  ${rate} events a second`);
  return rate;
}

async function topRate(service, database) {
  const run = await measureEvents({ service, database, databasePid: null, connections: 16, seconds: 10 });
  if (run.errors > 0) throw new Error(`The top rate met ${run.errors} errors`);
  return run.requests_per_second;
}
