import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { AuditVerifyService } from '../../audit/audit-verify.service.js';
import { keyIdOf } from '../../audit/audit-signatures.js';
import type { ChainFault } from '../../audit/chain-faults.js';
import type { KeyUse, KnownHead } from '../../audit/chain-verifier.js';
import { readKnownHead } from '../../audit/read-known-head.js';
import { NoExportError } from '../../audit/export-lines.js';
import { verifyExport } from '../../audit/verify-export.js';
import { shownText } from '../../common/shown-text.js';
import { StartError } from '../../common/errors/start.error.js';
import type { Env } from '../../config/env.js';
import { type AdminCommand, type CommandInput, textOption } from '../command.js';
import { withServices } from '../open-services.js';

/** What was found out, whichever way. */
interface Findings {
  readonly account: string;
  readonly sealed: number;
  readonly unsealed: number;
  readonly head: KnownHead | null;
  readonly sealedAt: string | null;
  readonly keys: readonly KeyUse[];
  readonly faults: readonly ChainFault[];
  readonly faultCount: number;
  /** Of the entries before, nothing is proved. */
  readonly firstSeq: number;
}

export const auditVerifyCommand: AdminCommand = {
  words: 'audit verify',
  usage: `  audit verify FILE [--public-key KEY,…] [--expect-head SEQ:HASH] [--part]
                                                   prove an exported audit log, without a database;
                                                   --part: one without its beginning is as expected
  audit verify --account SLUG [--public-key KEY,…] [--expect-head SEQ:HASH]
                                                   prove the audit log in the database
`,
  operands: 1,
  options: { account: 'value', 'public-key': 'value', 'expect-head': 'value', part: 'flag' },
  run: async (input, env) => {
    const findings = await verify(input, env);
    const isShort = findings.firstSeq > 1 && input.options['part'] !== true;
    if (findings.faultCount > 0 || isShort) process.exitCode = 1;
    return describe(findings);
  },
};

async function verify(input: CommandInput, env: Env): Promise<Findings> {
  const publicKeys = checkedKeys(textOption(input, 'public-key'));
  const expectHead = checkedHead(textOption(input, 'expect-head'));
  const [file] = input.operands;
  const account = textOption(input, 'account');
  if ((file === undefined) === (account === null)) {
    throw new StartError('Either a file or an account: audit verify FILE, or audit verify --account SLUG.');
  }
  return account === null
    ? verifyFile(file!, { publicKeys, expectHead })
    : verifyAccount(account, { trusted: publicKeys && new Set(publicKeys.map(keyIdOf)), expectHead }, env);
}

async function verifyFile(file: string, options: Parameters<typeof verifyExport>[1]): Promise<Findings> {
  const input = createReadStream(file);
  try {
    // Its errors are those of the lines, too.
    const report = await verifyExport(createInterface({ input, crlfDelay: Infinity }), options);
    return { ...report, sealedAt: report.seal?.sealed_at ?? null };
  } catch (error) {
    if (error instanceof NoExportError)
      throw new StartError(shownText(`${file} is no exported audit log: ${error.message}.`));
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined) throw new StartError(`${file} cannot be read (${code}).`);
    throw error;
  } finally {
    input.destroy();
  }
}

async function verifyAccount(
  account: string,
  options: Parameters<AuditVerifyService['verify']>[1],
  env: Env,
): Promise<Findings> {
  return withServices(env, async (services) => {
    const verifications = services.get(AuditVerifyService, { strict: false });
    const id = await verifications.accountIdOf(account);
    if (id === null)
      throw new StartError(`There is no account "${account}"; "npm run admin -- account list" lists them.`);
    const { fault_count: faultCount, ...found } = await verifications.verify(id, options, null);
    return {
      ...found,
      account,
      faultCount,
      firstSeq: 1,
      faults: found.faults as ChainFault[],
      sealedAt: found.head?.sealed_at ?? null,
    };
  });
}

function describe(findings: Findings): string {
  const { account, sealed, unsealed, head, sealedAt, keys, faults, faultCount } = findings;
  const sealing = sealedAt === null ? '' : `, sealed ${sealedAt}`;
  return [
    `The audit log of "${account}": ${verdictOf(findings)}`,
    `${sealed} sealed entries, ${unsealed} not sealed yet`,
    ...(head === null || head.seq === 0 ? [] : [`Head ${head.seq}:${head.hash}${sealing}`]),
    ...keys.map(({ id, first_seq, last_seq }) => `Signed by the key ${id}: ${first_seq} to ${last_seq}`),
    ...faults.map((fault) => `FAULT ${fault.kind}: ${placeOf(fault)}${fault.message}`),
    ...(faultCount > faults.length ? [`… and ${faultCount - faults.length} more`] : []),
    '',
  ]
    .map(shownText)
    .join('\n');
}

function verdictOf({ faultCount, firstSeq, head }: Findings): string {
  const faults = `${faultCount} ${faultCount === 1 ? 'fault' : 'faults'}`;
  if (firstSeq === 1) return faultCount === 0 ? 'complete' : faults;
  const last = head?.seq ?? 0;
  const entries = last < firstSeq ? 'no sealed entries' : `entries ${firstSeq} to ${last}`;
  const part = `a part: ${entries}; nothing is proved of 1 to ${firstSeq - 1}`;
  return faultCount === 0 ? part : `${faults} in ${part}`;
}

function placeOf({ seq, last_seq, entry_id }: ChainFault): string {
  const place = [
    ...(seq === null ? [] : [last_seq === null || last_seq === seq ? `seq ${seq}` : `seq ${seq} to ${last_seq}`]),
    ...(entry_id === null ? [] : [`entry ${entry_id}`]),
  ];
  return place.length === 0 ? '' : `${place.join(', ')}: `;
}

function checkedKeys(text: string | null): Uint8Array[] | null {
  if (text === null) return null;
  const keys = text.split(',').map((key) => Buffer.from(key.trim(), 'base64'));
  if (keys.every(({ length }) => length === 32)) return keys;
  throw new StartError('--public-key takes public keys of 32 bytes in base64, with commas between them.');
}

function checkedHead(text: string | null): KnownHead | null {
  const head = readKnownHead(text);
  if (text === null || head !== null) return head;
  throw new StartError('--expect-head takes a head as SEQ:HASH, such as GET /audit-log/verify tells it.');
}
