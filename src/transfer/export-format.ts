/*
 * An export is JSON Lines: a header, one line for each row, a footer. Rows are what PostgreSQL writes, and are passed on
 * as they are: a number that JavaScript cannot hold survives.
 */

import { isAccountId, isSlug } from '../common/account-names.js';
import { shownText } from '../common/shown-text.js';

export const exportFormat = 'versioner-export';
export const exportVersion = 1;

/** The first line. */
export interface ExportHeader {
  readonly format: typeof exportFormat;
  readonly version: number;
  readonly account: { readonly id: string; readonly slug: string };
  readonly exported_at: string;
  /** Of the service that wrote it. */
  readonly release: string;
  /** The tables in their order, and the columns that their rows have. */
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[] }[];
}

/** The last line: what tells a whole file from one that was cut off or edited. */
export interface ExportFooter {
  readonly end: typeof exportFormat;
  /** By table. */
  readonly rows: Readonly<Record<string, number>>;
  /** SHA-256 of all bytes before this line, hexadecimal. */
  readonly sha256: string;
}

/** What stands before and after a row in its line. */
export function rowLineParts(table: string): readonly [string, string] {
  return [`{"table":"${table}","row":`, '}'];
}

/** The table and the row of a line, or null where it is not one of an export. */
export function readRowLine(line: string): { readonly table: string; readonly row: string } | null {
  const start = /^\{"table":"([a-z_]{1,63})","row":(?=\{)/.exec(line);
  if (start === null || !line.endsWith('}}')) return null;
  return { table: start[1]!, row: line.slice(start[0].length, -1) };
}

/** The header in a first line, or null where it is none. */
export function readHeader(line: string): ExportHeader | null {
  const header: Partial<ExportHeader> | null = parse(line);
  const sound =
    header?.format === exportFormat &&
    Number.isInteger(header.version) &&
    isAccountId(header.account?.id) &&
    isSlug(header.account?.slug) &&
    isLine(header.release) &&
    isLine(header.exported_at) &&
    Array.isArray(header.tables) &&
    header.tables.every(isTable);
  return sound ? (header as ExportHeader) : null;
}

/** Text that can be shown as it is. */
function isLine(text: unknown): boolean {
  return typeof text === 'string' && text.length <= 100 && shownText(text) === text;
}

function isTable(table: unknown): boolean {
  if (typeof table !== 'object' || table === null) return false;
  const { name, columns } = table as { name?: unknown; columns?: unknown };
  return isLine(name) && Array.isArray(columns) && columns.every(isLine);
}

/** The footer in a line, or null where it is none. */
export function readFooter(line: string): ExportFooter | null {
  if (!line.startsWith('{"end":')) return null;
  const footer: Partial<ExportFooter> | null = parse(line);
  const sound =
    footer?.end === exportFormat &&
    typeof footer.sha256 === 'string' &&
    typeof footer.rows === 'object' &&
    footer.rows !== null;
  return sound ? (footer as ExportFooter) : null;
}

function parse(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
