import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * The security headers of every answer. JSON needs nothing from anywhere, so the policy allows nothing; the few pages
 * send a policy of their own. Answers belong to one caller, so nobody keeps them on the way.
 */
export function securityHeaders(): RequestHandler {
  const set = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
    },
    referrerPolicy: { policy: 'no-referrer' },
  });
  return (request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    set(request, response, next);
  };
}
