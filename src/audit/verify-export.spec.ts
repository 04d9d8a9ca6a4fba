import { createHash, generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalEntry, firstPreviousHash, hashEntry, hashLink } from './audit-chain.js';
import { publicBytesOf, signerOf } from './audit-signatures.js';
import { NoExportError } from './export-lines.js';
import { verifyExport } from './verify-export.js';

const accountId = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a10';
const { privateKey } = generateKeyPairSync('ed25519');
const time = '2026-03-02T14:00:00.000Z';
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const free = { publicKeys: null, expectHead: null };

function idOf(n: number): string {
  return `0190b6f2-8c7e-7d3a-9f41-${String(n).padStart(12, '0')}`;
}

/** An export of so many entries, sealed so many at a time. */
function exportOf(count: number, perSeal: number, unsealed = 0, entriesOf = accountId): string[] {
  const signer = signerOf(privateKey);
  const entry = (n: number) =>
    canonicalEntry({
      account_id: entriesOf,
      id: idOf(n),
      at: time,
      actor_kind: 'user',
      user_id: idOf(0),
      api_key_id: null,
      address: null,
      request_id: `request ${n}`,
      action: 'product.updated',
      resource_type: 'product',
      resource_id: idOf(1),
      before: '{"n": 1.0, "name": "a"}',
      after: `{"n": ${n}, "name": "b"}`,
    });
  let hash = firstPreviousHash(accountId);
  const lines: object[] = [
    {
      type: 'header',
      format: 'versioner-audit-v1',
      account_id: accountId,
      account: 'default',
      first_seq: 1,
      previous_hash: hex(hash),
      keys: [{ id: signer.keyId, public_key: publicBytesOf(privateKey).toString('base64') }],
    },
  ];
  const texts = lines.map((line) => JSON.stringify(line));
  for (let seq = 1, first = 1; seq <= count; seq++) {
    const entryHash = hashEntry(entry(seq));
    hash = hashLink(hash, seq, entryHash);
    texts.push(
      `{"type":"entry","seq":${seq},"entry_hash":"${hex(entryHash)}","hash":"${hex(hash)}","entry":${entry(seq)}}`,
    );
    if (seq % perSeal !== 0 && seq !== count) continue;
    const seal = { first_seq: first, seq, hash: hex(hash), oldest_at: time, newest_at: time, sealed_at: time };
    const signature = hex(signer.sign({ kind: 'seal', account_id: accountId, ...seal }));
    texts.push(JSON.stringify({ type: 'seal', ...seal, key: signer.keyId, signature }));
    first = seq + 1;
  }
  const tail = createHash('sha256');
  for (let n = 1; n <= unsealed; n++) {
    tail.update(hashEntry(entry(count + n)));
    texts.push(`{"type":"unsealed","entry":${entry(count + n)}}`);
  }
  const end = {
    exported_at: time,
    entries: count,
    unsealed,
    unsealed_hash: tail.digest('hex'),
    account: 'default',
    first_seq: 1,
    previous_hash: hex(firstPreviousHash(accountId)),
    seq: count,
    hash: hex(hash),
  };
  const signature = hex(signer.sign({ kind: 'export', account_id: accountId, ...end }));
  return [...texts, JSON.stringify({ type: 'footer', ...end, key: signer.keyId, signature })];
}

describe('an exported audit log', () => {
  let whole: string[];

  beforeAll(() => {
    whole = exportOf(30, 7, 2);
  });

  it('is sound as it was written', async () => {
    const report = await verifyExport(whole, free);
    expect(report).toMatchObject({ account: 'default', sealed: 30, unsealed: 2, faults: [], faultCount: 0 });
    expect(report.keys).toMatchObject([{ first_seq: 1, last_seq: 30 }]);
  });

  it('may have been written anew by another program, as long as numbers stay as they were', async () => {
    const reordered = whole.map((line) => {
      const members = Object.entries(JSON.parse(line.replaceAll('1.0', '"one"')) as object).reverse();
      return JSON.stringify(Object.fromEntries(members), null, 1).replaceAll('"one"', '1.0').replaceAll('\n', ' ');
    });
    expect((await verifyExport(reordered, free)).faults).toEqual([]);
    const rounded = whole.map((line) => line.replaceAll('"n":1.0', '"n":1'));
    expect((await verifyExport(rounded, free)).faultCount).toBeGreaterThan(0);
  });

  it('cannot lose, gain, move or change a line without being found out', async () => {
    const place = fc.nat({ max: 1_000 });
    const tampering = fc.oneof(
      fc.record({ kind: fc.constant('remove' as const), at: place, count: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant('repeat' as const), at: place, count: place }),
      fc.record({ kind: fc.constant('swap' as const), at: place, count: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant('change' as const), at: place, count: place }),
      fc.record({ kind: fc.constant('cut' as const), at: place, count: fc.constant(0) }),
    );
    await fc.assert(
      fc.asyncProperty(tampering, async ({ kind, at, count }) => {
        const tampered = tamper(whole, kind, at, count);
        fc.pre(inOrder(tampered) !== inOrder(whole));
        const report = await verifyExport(tampered, free);
        expect(report.faultCount).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('names what it misses', async () => {
    const { faults } = await verifyExport(whole.toSpliced(4, 2), free);
    expect(faults[0]).toMatchObject({ kind: 'removed', seq: 4, last_seq: 5 });
  });

  it('has to contain the head that somebody has kept', async () => {
    const at12 = JSON.parse(whole.find((line) => line.startsWith('{"type":"entry","seq":12,'))!) as { hash: string };
    const kinds = async (seq: number, hash: string) =>
      (await verifyExport(whole, { ...free, expectHead: { seq, hash } })).faults.map(({ kind, seq: at }) => [kind, at]);
    expect(await kinds(12, at12.hash)).toEqual([]);
    expect(await kinds(13, at12.hash)).toEqual([['broken_link', 13]]);
    expect(await kinds(31, at12.hash)).toEqual([['removed', 31]]);
  });

  it('is nothing to somebody who trusts another key', async () => {
    const other = publicBytesOf(generateKeyPairSync('ed25519').privateKey);
    const { faults } = await verifyExport(whole, { ...free, publicKeys: [other] });
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['bad_signature']));
    expect((await verifyExport(whole, { ...free, publicKeys: [publicBytesOf(privateKey)] })).faults).toEqual([]);
  });

  it.each([[[]], [['{}']], [['no JSON']], [['{"type":"header","format":"another"}']]])('is not %j', async (lines) => {
    await expect(verifyExport(lines, free)).rejects.toThrow(NoExportError);
  });

  it.each([
    { first_seq: 1.5, previous_hash: '' },
    { first_seq: 0 },
    { first_seq: '1' },
    { first_seq: 2, previous_hash: '' },
    { first_seq: 1, previous_hash: '0'.repeat(64) },
    { previous_hash: null },
    { account_id: accountId.toUpperCase() },
    { account: '\u001b[2J' },
    { account: null },
    { keys: [null] },
    { keys: [{}] },
    { keys: [{ public_key: 'AAAA' }] },
  ])('is none with a header of %j', async (members) => {
    await expect(verifyExport(whole.with(0, changed(whole[0]!, members)), free)).rejects.toThrow(NoExportError);
  });

  it('begins as its footer was signed for', async () => {
    for (const members of [{ account: 'another' }, { first_seq: 2, previous_hash: '0'.repeat(64) }]) {
      const { faults } = await verifyExport(whole.with(0, changed(whole[0]!, members)), free);
      expect(faults).toContainEqual(
        expect.objectContaining({ kind: 'edited', message: expect.stringContaining('header') }),
      );
      // Nor can the footer follow suit.
      const both = whole.with(0, changed(whole[0]!, members)).with(whole.length - 1, changed(whole.at(-1)!, members));
      const kinds = (await verifyExport(both, free)).faults.map(({ kind }) => kind);
      expect(kinds).toContain('bad_signature');
    }
  });

  it.each([{ account_id: accountId }, { kind: 'seal' }, { format: 'versioner-audit-v1' }, { note: 'x' }])(
    'has no line that says %j of itself',
    async (members) => {
      for (const type of ['seal', 'entry', 'unsealed', 'footer']) {
        const at = whole.findIndex((line) => line.startsWith(`{"type":"${type}"`));
        const { faults } = await verifyExport(whole.with(at, withMembers(whole[at]!, members)), free);
        expect(faults).toContainEqual(
          expect.objectContaining({ kind: 'edited', message: expect.stringContaining('has a member') }),
        );
      }
    },
  );

  it.each([
    ['footer', { seq: null }],
    ['footer', { seq: '30' }],
    ['footer', { unsealed: -1 }],
    ['seal', { seq: 'x' }],
    ['seal', { first_seq: 1.5 }],
    ['seal', { hash: undefined }],
    ['seal', { sealed_at: '\u001b[2J' }],
    ['seal', { key: 7 }],
  ])('has no %s of %j', async (type, members) => {
    const at = whole.findIndex((line) => line.startsWith(`{"type":"${type}"`));
    const { faults, head } = await verifyExport(whole.with(at, changed(whole[at]!, members)), free);
    expect(faults).toContainEqual(
      expect.objectContaining({ kind: 'edited', message: expect.stringContaining('no sound') }),
    );
    expect(head).toEqual({ seq: 30, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('holds no stub of the wrong shape', async () => {
    const stub = JSON.stringify({ type: 'stub', first_seq: 1, last_seq: null });
    const { faults } = await verifyExport(whole.toSpliced(1, 0, stub), free);
    expect(faults).toMatchObject([{ kind: 'edited' }]);
  });

  it('holds no entry of another account, not even one that is signed', async () => {
    const other = idOf(77);
    const { faults } = await verifyExport(exportOf(3, 3, 1, other), free);
    expect(faults.map(({ kind, seq }) => [kind, seq])).toEqual([
      ['added', 1],
      ['added', 2],
      ['added', 3],
      ['added', null],
    ]);
  });
});

function changed(line: string, members: object): string {
  return JSON.stringify({ ...(JSON.parse(line) as object), ...members });
}

/** Without a change of the numbers in the rest of the line. */
function withMembers(line: string, members: object): string {
  return `${line.slice(0, -1)},${JSON.stringify(members).slice(1)}`;
}

/** What is not sealed may stand anywhere between the links: an export writes it where it comes upon it. */
function inOrder(lines: readonly string[]): string {
  const isUnsealed = (line: string) => line.startsWith('{"type":"unsealed"');
  return [...lines.filter((line) => !isUnsealed(line)), ...lines.filter(isUnsealed)].join('\n');
}

function tamper(lines: readonly string[], kind: string, at: number, count: number): string[] {
  // The header says who it is about and with whose keys: that is for the reader to compare.
  const i = 1 + (at % (lines.length - 1));
  if (kind === 'remove') return lines.toSpliced(i, count);
  if (kind === 'repeat') return lines.toSpliced(1 + (count % (lines.length - 1)), 0, lines[i]!);
  if (kind === 'swap') {
    const j = Math.min(i + count, lines.length - 1);
    return lines.map((line, k) => (k === i ? lines[j]! : k === j ? lines[i]! : line));
  }
  if (kind === 'cut') return lines.slice(0, i);
  const line = lines[i]!;
  const place = count % line.length;
  const other = line[place] === '7' ? '8' : '7';
  return lines.with(i, line.slice(0, place) + other + line.slice(place + 1));
}
