import type { Env } from '../config/env.js';
import type { FirstStart } from './first-start.js';

/** What the operator reads once after a first start, on standard output and nowhere else: it may hold secrets. */
export function firstStartNotice(made: FirstStart, url: string): string {
  const { account, adminEmail, apiKey, adminToken } = made;
  const lines = [`Created the account "${account}" with its admin ${adminEmail}.`];
  if (apiKey === null && adminToken === null) {
    lines.push('For a personal token: npm run admin -- token issue');
    return framed(lines);
  }
  lines.push('These secrets are shown once:', '');
  if (apiKey !== null) lines.push(`  API key, for pipelines:         ${apiKey}`);
  if (adminToken !== null) lines.push(`  Personal token, for the admin:  ${adminToken}`);
  if (apiKey !== null) lines.push('', 'Report a deployment:', '', reportLine(url, apiKey));
  if (adminToken !== null) lines.push('', 'See what is deployed where:', '', readLine(url, adminToken));
  return framed(lines);
}

/** Where the operator reaches the service from the same machine. */
export function localUrl({ publicUrl, host }: Env, port: number): string {
  if (publicUrl !== null) return publicUrl;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

const firstEvent = { product_name: 'my-service', version: '1.0.0', environment_name: 'production', status: 'started' };

function reportLine(url: string, key: string): string {
  const headers = `-H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json'`;
  return `curl -sS -X POST ${url}/deployment-events/ ${headers} -d '${JSON.stringify(firstEvent)}'`;
}

function readLine(url: string, token: string): string {
  return `curl -sS ${url}/environment-states/ -H 'Authorization: Bearer ${token}'`;
}

function framed(lines: readonly string[]): string {
  return `\n${lines.join('\n')}\n\n`;
}
