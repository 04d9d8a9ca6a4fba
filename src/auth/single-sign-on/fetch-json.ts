/** Far above any discovery document or key set; what is longer is none. */
const longestBody = 512 * 1024;

interface FetchOptions {
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an issuer answered; `body` is undefined unless the status is 200 and the body JSON. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Asks an issuer for JSON. Follows no redirect: it could lead anywhere. Reads no more than half a MiB.
 * @throws if the issuer cannot be reached in time, or answers with something else than JSON
 */
export async function fetchJson(url: string, { signal, headers }: FetchOptions): Promise<JsonAnswer> {
  const response = await fetch(url, {
    signal,
    redirect: 'error',
    headers: { accept: 'application/json', ...headers },
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    return { status: response.status, body: undefined };
  }
  return { status: 200, body: JSON.parse(await readText(response)) as unknown };
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    if (length > longestBody) throw new Error(`the answer is longer than ${longestBody} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
