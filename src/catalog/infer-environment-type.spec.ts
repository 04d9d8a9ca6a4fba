import { describe, expect, it } from '@jest/globals';
import { inferEnvironmentType } from './infer-environment-type.js';

describe('inferEnvironmentType', () => {
  it.each([
    ['production', 'production'],
    ['prod', 'production'],
    ['live', 'production'],
    ['prd', 'production'],
    ['staging', 'staging'],
    ['stage', 'staging'],
    ['stg', 'staging'],
    ['uat', 'staging'],
    ['test', 'test'],
    ['testing', 'test'],
    ['qa', 'test'],
    ['integration', 'test'],
    ['int', 'test'],
    ['dev', 'dev'],
    ['development', 'dev'],
    ['local', 'dev'],
    ['sandbox', 'dev'],
  ])('the word %s is %s in any letter case and at any place', (word, type) => {
    const capitalised = word.charAt(0).toUpperCase() + word.slice(1);
    for (const name of [word, word.toUpperCase(), capitalised, `${word}1`, `1${word}`, `eu-${word}`, `${word}_eu`]) {
      expect([name, inferEnvironmentType(name)]).toEqual([name, type]);
    }
    for (const name of [`eu.${word}.2`, `eu/${word}`, `my ${word}`, `eu${capitalised}`, `EU${capitalised}Blue`]) {
      expect([name, inferEnvironmentType(name)]).toEqual([name, type]);
    }
  });

  it.each(['preprod', 'pre-prod', 'pre_prod', 'pre prod', 'preproduction', 'pre-production', 'PreProd', 'PREPROD'])(
    '%s is staging, alone and as a word of a longer name',
    (name) => {
      expect(inferEnvironmentType(name)).toBe('staging');
      expect(inferEnvironmentType(`${name}1`)).toBe('staging');
      expect(inferEnvironmentType(`eu-${name}`)).toBe('staging');
      expect(inferEnvironmentType(`${name}-prod`)).toBe('staging');
    },
  );

  it.each(['nonprod', 'non-prod', 'non_prod', 'non prod', 'nonproduction', 'Non-Production', 'NonProd', 'NONPROD'])(
    '%s is test, alone and as a word of a longer name',
    (name) => {
      expect(inferEnvironmentType(name)).toBe('test');
      expect(inferEnvironmentType(`${name}-2`)).toBe('test');
      expect(inferEnvironmentType(`us.${name}`)).toBe('test');
      expect(inferEnvironmentType(`${name}-live`)).toBe('test');
    },
  );

  it.each([
    ['production-us-east', 'production'],
    ['prod1', 'production'],
    ['USProd', 'production'],
    ['usEastPROD', 'production'],
    ['euPreProd', 'staging'],
    ['EUPreProd', 'staging'],
    ['QAeu', 'test'],
    ['prod-test', 'production'],
    ['staging-test', 'staging'],
    ['dev-integration', 'test'],
    // A word that merely ends in "non" does not turn production into test.
    ['lebanon-prod', 'production'],
    ['products', 'other'],
    ['reproduction', 'other'],
    ['latest', 'other'],
    ['device', 'other'],
    ['delivery', 'other'],
    ['point', 'other'],
    ['backstage', 'other'],
    ['demo', 'other'],
    ['', 'other'],
    ['日本-prod', 'production'],
    ['prod:1', 'production'],
    ['(live)', 'production'],
    ['\uff30\uff52\uff4f\uff44', 'production'],
    ['pro\u200bd', 'production'],
    ['\u202eprod', 'production'],
  ])('%j is %s', (name, type) => {
    expect(inferEnvironmentType(name)).toBe(type);
  });
});
