import { Agent, type IncomingHttpHeaders, request as open } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** A request as it is to go over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** An answer to the byte. */
export interface WireAnswer {
  readonly status: number;
  /** All but those that differ from answer to answer: the time, and the id of the request. */
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A client that keeps its connections, sends whatever method it is told to, follows nothing and hides nothing. */
export class Wire {
  /** Requests sent so far. */
  count = 0;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });
  private readonly base: URL;

  constructor(url: string) {
    this.base = new URL(url);
  }

  /** The answer; what is too busy to give one is asked again when it said, as any client should. */
  async send(request: WireRequest, triesLeft = 5): Promise<WireAnswer> {
    const answer = await this.sendOnce(request);
    if (answer.status !== 503 || triesLeft === 0) return answer;
    await delay(Number(answer.headers['retry-after'] ?? 1) * 1_000);
    return this.send(request, triesLeft - 1);
  }

  private async sendOnce({ method, path, headers = {}, body }: WireRequest): Promise<WireAnswer> {
    this.count += 1;
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const described = {
      ...(sent === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(sent) }),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.base;
      const going = open({ hostname, port, method, path, headers: described, agent: this.agent }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const { date: _, 'x-request-id': __, ...others } = answer.headers;
          resolve({ status: answer.statusCode!, headers: others, body: Buffer.concat(chunks).toString('utf8') });
        });
      });
      going.on('error', reject).end(sent);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** The headers of a request with this secret. */
export function bearer(secret: string): Readonly<Record<string, string>> {
  return { Authorization: `Bearer ${secret}` };
}

/**
 * One line that says all of an answer that can be told from another. The seconds since the start, which may pass
 * between two questions, count as 0.
 */
export function tell({ status, headers, body }: WireAnswer): string {
  const timeless = body.replace(/(?<="uptime_seconds":)\d+/, '0');
  const { 'content-length': length, ...others } = headers;
  const told = length === undefined ? others : { ...others, length: Number(length) - body.length + timeless.length };
  return `${status} ${JSON.stringify(told)} ${timeless}`;
}
