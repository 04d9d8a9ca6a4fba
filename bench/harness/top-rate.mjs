import { send } from './load.mjs';
import { connectedStreams } from './paced-load.mjs';

/** Events a second that a service takes over 16 connections, each sending its next event as soon as it has an answer. */
export async function topRate(service, seconds = 10) {
  const streams = connectedStreams(16);
  // Every product and environment once, so that the rest is what a running service does.
  await send({ url: service.url, streams, amount: 16 * streams[0].round });
  const run = await send({ url: service.url, streams, duration: seconds });
  if (run.errors > 0) throw new Error(`The top rate met ${run.errors} errors: ${JSON.stringify(run.statuses)}`);
  return run.durations.length / run.seconds;
}

/** The rate that was asked for, or half of the top. */
export async function halfTopRate(service, given) {
  const rate = given > 0 ? given : Math.floor((await topRate(service)) / 2);
  console.log(`  ${rate} events a second`);
  return rate;
}
