import type { NextFunction, Request, Response } from 'express';

/**
 * What is requested instead of a target that is no path (`*`, another scheme) or cannot be decoded: it names no route, so
 * the request is refused in due order.
 */
const namesNothing = '/%EF%BF%BD';

/**
 * Serves `//deployment-events/` as `/deployment-events/`: clients put a slash behind the configured address. Never by a
 * redirect, which would make their POST a GET.
 */
export function requestPath(request: Request, _response: Response, next: NextFunction): void {
  request.url = normalizeTarget(request.url);
  next();
}

/** A request target with single slashes in its path, the query string untouched. */
export function normalizeTarget(target: string): string {
  const queryAt = target.indexOf('?');
  const sent = queryAt === -1 ? target : target.slice(0, queryAt);
  if (sent.startsWith('/') && !sent.includes('//') && !sent.includes('%')) return target;
  const query = queryAt === -1 ? '' : target.slice(queryAt);
  // Clients of a proxy send the whole URL (RFC 9112, section 3.2.2).
  const path = sent.replace(/^https?:\/\/[^/]*/i, '').replace(/\/{2,}/g, '/') || '/';
  return (path.startsWith('/') && isDecodable(path) ? path : namesNothing) + query;
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
