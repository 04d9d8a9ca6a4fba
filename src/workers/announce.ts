import type { Logger } from '@nestjs/common';
import { firstStartNotice, localUrl } from '../accounts/first-start-notice.js';
import type { FirstStart } from '../accounts/first-start.js';
import type { Env } from '../config/env.js';

/** Says, once, that the service is ready; after a first start with what that made. */
export function announce(logger: Logger, env: Env, port: number, made: FirstStart | null): void {
  const url = localUrl(env, port);
  if (made !== null) process.stdout.write(firstStartNotice(made, url));
  logger.log(`Ready at ${url}; every endpoint at ${url}/docs`);
}
