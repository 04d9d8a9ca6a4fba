import { connect } from 'node:net';

/** A request as it goes over the wire: nothing is added but what stands here, Host and Content-Length. */
export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  /** In this order, in this letter case. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/** An answer as it came over the wire. */
export interface RawAnswer {
  /** `HTTP/1.1 200 OK`. */
  readonly statusLine: string;
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** To the byte. */
  readonly body: string;
}

/** Sends one request over a socket of its own, by HTTP/1.1, follows nothing, and reads the answer. */
export async function sendRaw(
  url: string,
  { method = 'POST', path, headers = [], body }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port, host } = new URL(url);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
  ];
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`);
  let received = Buffer.alloc(0);
  try {
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]);
      const answer = parse(received);
      if (answer !== null) return answer;
    }
  } finally {
    socket.destroy();
  }
  throw new Error(`The answer to ${method} ${path} ended early: ${received.toString()}`);
}

/** The answer, or null while there is more of it to come. The service tells the length of all that it answers. */
function parse(received: Buffer): RawAnswer | null {
  const endOfHead = received.indexOf('\r\n\r\n');
  if (endOfHead === -1) return null;
  const [statusLine = '', ...lines] = received.subarray(0, endOfHead).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const status = Number(statusLine.split(' ')[1]);
  const length = Number(headers['content-length'] ?? (status === 204 || status === 304 ? 0 : Number.NaN));
  if (Number.isNaN(length)) throw new Error(`An answer without a length: ${statusLine}`);
  const body = received.subarray(endOfHead + 4);
  if (body.length < length) return null;
  return { statusLine, status, headers, body: body.subarray(0, length).toString('utf8') };
}
