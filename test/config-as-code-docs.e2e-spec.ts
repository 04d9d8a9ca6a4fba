import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { runAdmin } from './support/run-admin.js';
import { useVersioner } from './support/use-versioner.js';

const bed = useVersioner();
const page = readFileSync(new URL('../docs/config-as-code.md', import.meta.url), 'utf8');

/** The blocks of the page that are run, in their order: files, and commands with what they show. */
const blocks = [...page.matchAll(/^```(yaml|console)\n(.*?)^```/gms)].map(([, kind, text]) => ({ kind, text: text! }));

it('every output on the page on configuration as code is what the command says', async () => {
  let file = '';
  let run = 0;
  for (const { kind, text } of blocks) {
    if (kind === 'yaml') {
      file = text;
      continue;
    }
    for (const [, line, output] of text.matchAll(/^\$ ([^\n]*)\n(.*?)(?=^\$ |$(?![\s\S]))/gms)) {
      const [, words, last] = /^npm run admin -- (.*?)( \| tail -1)?$/.exec(line!)!;
      const name = /[\w-]+\.yaml/.exec(words!)![0];
      const given = words!.replace(` < ${name}`, '').replace(name, '-').split(' ');
      const { stdout, stderr } = await runAdmin(bed.versioner, given, file);
      const said = (stdout + stderr).replaceAll('stdin:', `${name}:`);
      expect(last === undefined ? said : `${said.trimEnd().split('\n').at(-1)}\n`).toBe(output);
      run++;
    }
  }
  expect(run).toBe(5);
}, 120_000);
