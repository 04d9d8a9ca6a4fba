import { beforeEach, describe, expect, it } from '@jest/globals';
import { expectTrue, readDocsExamples } from './support/docs-examples.js';
import { Pipeline, type Reply } from './support/pipeline.js';
import { useVersioner } from './support/use-versioner.js';

const examples = readDocsExamples('api-keys.md');

/** An admin who notes the keys that are shown. */
class NotingAdmin extends Pipeline {
  readonly keys: string[] = [];

  override async send(method: string, path: string, body: object | null = null): Promise<Reply> {
    const reply = await super.send(method, path, body);
    const { key } = reply.body as { key?: string };
    if (key !== undefined) this.keys.push(key);
    return reply;
  }
}

/** Whoever holds the key that was shown last, or before that, when it is used. */
class KeyHolder extends Pipeline {
  constructor(
    url: string,
    private readonly of: () => string | undefined,
  ) {
    super(url, '');
  }

  override async send(method: string, path: string, body: object | null = null): Promise<Reply> {
    return new Pipeline(this.url, this.of() ?? '').send(method, path, body);
  }
}

describe('the page on API keys', () => {
  const bed = useVersioner();
  let callers: Readonly<Record<string, Pipeline>>;

  beforeEach(async () => {
    const { url, adminToken } = bed.versioner;
    bed.clock.set('2026-03-01T00:00:00Z');
    for (const environment_name of ['staging', 'production']) {
      await bed.report({ product_name: 'shop', environment_name, status: 'completed' });
    }
    const admin = new NotingAdmin(url, adminToken);
    const holder = (place: number) => new KeyHolder(url, () => admin.keys.at(place));
    callers = { admin, key: holder(-1), narrowed: holder(-1), old: holder(0), new: holder(1) };
  });

  it('has an example for everything that is done with them', () => {
    expect(examples.map(({ title }) => title)).toEqual([
      'Make a key',
      'Narrow a key',
      'Change a key',
      'Rotate a key',
      'Revoke a key',
    ]);
  });

  it.each(examples)('tells the truth: $title', async (example) => {
    await expectTrue(example, bed.versioner, callers);
  });
});
