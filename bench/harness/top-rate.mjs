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
  const load = { connections: 16, seconds: 10, closed: true, run: 'top.' };
  const { errors, requests_per_second } = await measureEvents({ service, database, databasePid: null, ...load });
  if (errors > 0) throw new Error(`The top rate met ${errors} errors`);
  return requests_per_second;
}
