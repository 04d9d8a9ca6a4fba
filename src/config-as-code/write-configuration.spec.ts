import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { full } from '../../test/support/full.js';
import { changed, emptyConfiguration } from '../../test/support/model-configuration.js';
import { randomConfiguration } from '../../test/support/random-configuration.js';
import type { Configuration } from './configuration.js';
import { judgeConfiguration } from './judge-configuration.js';
import { readYaml } from './read-yaml.js';
import { writeConfiguration } from './write-configuration.js';

const limits = { prune: true, mostRules: 1_000 };

function read(text: string): unknown {
  const reading = readYaml(Buffer.from(text));
  if ('faults' in reading) throw new Error(JSON.stringify(reading.faults));
  return reading.file.json;
}

function apply(json: unknown, present: Configuration): Configuration {
  const { changes, faults } = judgeConfiguration(json, present, limits);
  expect(faults).toEqual([]);
  return changed(present, changes);
}

describe('writeConfiguration', () => {
  it('writes a file that finds nothing to do, and makes the same file of an empty account', () => {
    fc.assert(
      fc.property(randomConfiguration, (json) => {
        const present = apply(json, emptyConfiguration);
        const file = writeConfiguration(present);
        expect(judgeConfiguration(read(file), present, limits)).toEqual({ changes: [], faults: [] });
        expect(writeConfiguration(apply(read(file), emptyConfiguration))).toBe(file);
      }),
      { numRuns: full(2_000, 25) },
    );
  });

  it('brings any account to what it says, and then finds nothing to do', () => {
    fc.assert(
      fc.property(randomConfiguration, randomConfiguration, (before, json) => {
        const present = apply(before, emptyConfiguration);
        const { changes, faults } = judgeConfiguration(json, present, limits);
        // A rule keeps its type, and an environment may be spelled like an id of another.
        fc.pre(faults.length === 0);
        const after = changed(present, changes);
        expect(judgeConfiguration(json, after, limits)).toEqual({ changes: [], faults: [] });
      }),
      { numRuns: full(2_000, 25) },
    );
  });

  it('says who is left out, and leaves out what is archived and who has left', () => {
    const twin = { name: 'Twin', role: 'viewer', logins: [], deactivated: false };
    const gone = { name: 'gone', role: 'viewer', logins: [], deactivated: true };
    const old = { name: 'old', aliases: [], archived: true };
    const text = writeConfiguration({
      ...emptyConfiguration,
      products: [{ id: '1', fields: old }],
      service_accounts: [twin, { ...twin, name: 'twin' }, gone].map((fields, i) => ({ id: String(i), fields })),
    });
    expect(text).toContain('# Left out, since 2 service accounts share their names with others.\n');
    expect(read(text)).toMatchObject({ products: [], service_accounts: [] });
  });
});
