import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { decodeJwt, exportJWK, generateKeyPair, type JWK, type JWTPayload } from 'jose';
import type { Provider } from 'oidc-provider';

/** What the issuer knows about somebody. */
export interface Account {
  /** As the access token carries it. */
  readonly token?: Readonly<Record<string, unknown>>;
  /** As the userinfo endpoint tells it. */
  readonly userinfo?: Readonly<Record<string, unknown>>;
}

/** What the API is called at the issuer. */
export const audience = 'https://versioner.example.com/api';

const client = {
  id: 'release-desk',
  secret: 'a-secret-of-the-client-alone',
  redirectUri: 'http://127.0.0.1/signed-on',
};
const algorithm = 'RS256';

/**
 * A real OpenID provider in the test's own process, as `oidc-provider` makes it: with access tokens that are JWTs, to be
 * had by authorization code. Its keys can be exchanged, and it can go away and come back at the same address.
 */
export class OidcIssuer {
  readonly accounts = new Map<string, Account>();
  /** How long its access tokens are good (seconds). */
  lifetime = 3600;
  /** How it answers at the userinfo endpoint. */
  userinfoStatus = 200;
  private readonly asked = new Map<string, number>();
  private provider!: Provider;
  private key!: JWK;
  private server!: Server;
  private port = 0;

  static async start(): Promise<OidcIssuer> {
    const issuer = new OidcIssuer();
    await issuer.comeBack();
    await issuer.rotateKeys();
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** How often somebody has asked for a path. */
  requests(path: string): number {
    return this.asked.get(path) ?? 0;
  }

  /** A new signing key; the one before is gone at once, as after a leak. */
  async rotateKeys(): Promise<void> {
    const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
    this.key = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: algorithm, use: 'sig' };
    this.provider = await quietly(() => this.makeProvider());
  }

  async goAway(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  async comeBack(): Promise<void> {
    this.server = createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Signs on as somebody in a browser, consents, and exchanges the code: their access token for a resource. */
  async signOn(login: string, resource = audience): Promise<string> {
    const browser = new Browser();
    const query = new URLSearchParams({
      client_id: client.id,
      redirect_uri: client.redirectUri,
      response_type: 'code',
      scope: 'openid',
      resource,
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    let place = await browser.follow(`${this.url}/auth?${query.toString()}`, client.redirectUri);
    const forms: Record<string, string>[] = [{ prompt: 'login', login, password: 'any' }, { prompt: 'consent' }];
    for (const form of forms) {
      place = await browser.follow(place, client.redirectUri, form);
    }
    const code = new URL(place).searchParams.get('code');
    if (code === null) throw new Error(`No code came back: ${place}`);
    const tokens = await this.ask({
      grant_type: 'authorization_code',
      code,
      redirect_uri: client.redirectUri,
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    });
    this.lastIdToken = tokens['id_token'] ?? null;
    return tokens['access_token']!;
  }

  /** The ID token that came with the last access token. */
  lastIdToken: string | null = null;

  /** What a program gets for itself, without a person. */
  async programToken(): Promise<string> {
    return (await this.ask({ grant_type: 'client_credentials', resource: audience }))['access_token']!;
  }

  /** A token that the provider would not make by itself, signed with its key as it is now. */
  forge(claims: JWTPayload, header: Readonly<Record<string, unknown>> = {}, key: JWK = this.key): string {
    const head = { alg: algorithm, kid: this.key.kid, typ: 'at+jwt', ...header };
    const signed = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const signature = sign('RSA-SHA256', Buffer.from(signed), createPrivateKey({ key: { ...key }, format: 'jwk' }));
    return `${signed}.${signature.toString('base64url')}`;
  }

  /** The public half of its signing key. */
  get publicKey(): JWK {
    const { kty, n, e, kid, alg, use } = this.key;
    return { kty: kty!, n: n!, e: e!, kid: kid!, alg: alg!, use: use! };
  }

  private async ask(form: Record<string, string>): Promise<Record<string, string>> {
    const response = await fetch(`${this.url}/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}` },
      body: new URLSearchParams(form),
    });
    const body = (await response.json()) as Record<string, string>;
    if (!response.ok) throw new Error(`The issuer answered ${response.status}: ${JSON.stringify(body)}`);
    return body;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url!.split('?')[0]!;
    this.asked.set(path, (this.asked.get(path) ?? 0) + 1);
    // The library refuses tokens that are meant for an API at its own userinfo endpoint; many issuers do not.
    if (path === '/me') this.tellWho(request, response);
    else await this.provider.callback()(request, response);
  }

  private tellWho({ headers }: IncomingMessage, response: ServerResponse): void {
    const { sub } = decodeJwt(headers.authorization!.slice('Bearer '.length));
    response.writeHead(this.userinfoStatus, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ sub, ...this.accounts.get(sub!)?.userinfo }));
  }

  private async makeProvider(): Promise<Provider> {
    const { Provider } = await import('oidc-provider');
    const provider = new Provider(this.url, {
      clients: [
        {
          client_id: client.id,
          client_secret: client.secret,
          redirect_uris: [client.redirectUri],
          grant_types: ['authorization_code', 'client_credentials'],
          response_types: ['code'],
        },
      ],
      jwks: { keys: [this.key] },
      cookies: { keys: ['of-no-worth'] },
      ttl: {
        AccessToken: () => this.lifetime,
        AuthorizationCode: 60,
        Grant: 3600,
        IdToken: 3600,
        Interaction: 3600,
        Session: 3600,
        ClientCredentials: 60,
      },
      findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
      extraTokenClaims: (_, token) =>
        'accountId' in token && token.accountId !== undefined ? { ...this.accounts.get(token.accountId)?.token } : {},
      features: {
        clientCredentials: { enabled: true },
        devInteractions: { enabled: true },
        resourceIndicators: {
          enabled: true,
          useGrantedResource: () => true,
          getResourceServerInfo: (_, resource) => ({
            scope: '',
            audience: resource,
            accessTokenFormat: 'jwt',
            accessTokenTTL: this.lifetime,
            jwt: { sign: { alg: algorithm } },
          }),
        },
      },
    });
    return provider;
  }
}

/** A browser as far as signing on needs one: it keeps cookies and follows redirects. */
class Browser {
  private readonly cookies = new Map<string, string>();

  /** Goes to a place, sends a form if there is one, and on until a page is shown or an address begins as `until`. */
  async follow(url: string, until: string, form?: Readonly<Record<string, string>>): Promise<string> {
    let place = url;
    let sent = form;
    for (;;) {
      if (place.startsWith(until)) return place;
      const response = await fetch(place, {
        redirect: 'manual',
        headers: { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(sent === undefined ? {} : { method: 'POST', body: new URLSearchParams(sent) }),
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [name, value] = cookie.split(';')[0]!.split('=') as [string, string];
        this.cookies.set(name, value);
      }
      const next = response.headers.get('location');
      if (next === null) {
        const page = await response.text();
        if (!response.ok) throw new Error(`${place} answered ${response.status}: ${page}`);
        return place;
      }
      place = new URL(next, place).href;
      sent = undefined;
    }
  }
}

/** The library warns, on the console, of all that would be unwise outside a test. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const silenced = (['info', 'warn'] as const).map((name) =>
    jest.spyOn(console, name).mockImplementation(() => undefined),
  );
  try {
    return await work();
  } finally {
    for (const spy of silenced) spy.mockRestore();
  }
}
