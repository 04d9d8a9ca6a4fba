import { expectDocumented } from './documented-answers.js';

/** What came back: the status, the headers and the body, parsed where it is JSON. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A client of one service, with one key. It holds every answer against the OpenAPI document. */
export class Pipeline {
  constructor(
    readonly url: string,
    private readonly key: string,
  ) {}

  async get(path: string): Promise<Reply> {
    return this.send('GET', path);
  }

  async post(path: string, body: object): Promise<Reply> {
    return this.send('POST', path, body);
  }

  async patch(path: string, body: object): Promise<Reply> {
    return this.send('PATCH', path, body);
  }

  async delete(path: string): Promise<Reply> {
    return this.send('DELETE', path);
  }

  /** One deployment event: a start in production, unless told otherwise. */
  async deploy(event: { product_name: string; version: string } & Record<string, unknown>): Promise<Reply> {
    return this.post('/deployment-events/', { environment_name: 'production', status: 'started', ...event });
  }

  /** Every element of a list, page by page. */
  async list<Element>(path: string): Promise<Element[]> {
    const elements: Element[] = [];
    for (let next: string | undefined = path; next !== undefined;) {
      const reply: Reply = await this.get(next);
      if (reply.status !== 200) throw new Error(`GET ${next} answered ${reply.status}`);
      elements.push(...(reply.body as Element[]));
      next = /<([^>]+)>; rel="next"/.exec(reply.headers.get('link') ?? '')?.[1];
    }
    return elements;
  }

  async send(method: string, path: string, body: object | null = null): Promise<Reply> {
    const response = await fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${this.key}`, ...(body ? { 'Content-Type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    const reply: Reply = { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    await expectDocumented(this.url, { method, path, status: reply.status, body: reply.body });
    return reply;
  }
}
