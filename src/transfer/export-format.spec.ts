import { describe, expect, it } from '@jest/globals';
import { StartError } from '../common/errors/start.error.js';
import { ExportReader } from './export-reader.js';
import { readHeader } from './export-format.js';

const header = {
  format: 'versioner-export',
  version: 1,
  account: { id: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a10', slug: 'default' },
  exported_at: '2026-03-02T14:00:00.000Z',
  release: '1.2.3',
  tables: [{ name: 'accounts', columns: ['slug', 'time_zone'] }],
};

describe('the header of an export', () => {
  it('is read as it was written', () => {
    expect(readHeader(JSON.stringify(header))).toEqual(header);
  });

  it.each([
    { tables: [null] },
    { tables: ['accounts'] },
    { tables: [{ name: 'accounts' }] },
    { tables: [{ name: 'accounts', columns: [null] }] },
    { tables: [{ name: '\u001b[2J', columns: [] }] },
    { tables: [{ name: 'accounts', columns: ['\u202e'] }] },
    { release: '1.2.3\u001b]0;x\u0007' },
    { release: null },
    { exported_at: '\n' },
    { account: null },
    { account: { ...header.account, slug: 'De fault' } },
    { account: { ...header.account, id: header.account.id.toUpperCase() } },
    { account: { ...header.account, id: `{${header.account.id}}` } },
    { account: { ...header.account, id: 'x' } },
  ])('is not one with %j, which is told in one line', async (members) => {
    const line = `${JSON.stringify({ ...header, ...members })}\n`;
    const reader = new ExportReader(
      (async function* () {
        yield Buffer.from(line);
      })(),
    );
    const refusal = await reader.header().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StartError);
    expect((refusal as StartError).message).toMatch(/^The file is not an export: [ -~]+$/);
  });
});
