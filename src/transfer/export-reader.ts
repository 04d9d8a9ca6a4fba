import { createHash } from 'node:crypto';
import { StartError } from '../common/errors/start.error.js';
import {
  type ExportFooter,
  exportFormat,
  type ExportHeader,
  exportVersion,
  readFooter,
  readHeader,
  readRowLine,
} from './export-format.js';

/** More than any row can hold; what is longer is no export. */
const longestLine = 64 * 1024 * 1024;
const newline = 0x0a;

/** A row of a table, as PostgreSQL wrote it. */
export interface RestoredRow {
  readonly table: string;
  readonly row: string;
}

/** Reads an export line by line, and holds what it reads against the checksum. */
export class ExportReader {
  private readonly lines: AsyncGenerator<Buffer>;
  private readonly hash = createHash('sha256');
  private readonly counts = new Map<string, number>();
  private line = 0;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.lines = splitLines(chunks);
  }

  /** To be asked for first. @throws StartError for what is no export, or one of a release that is newer */
  async header(): Promise<ExportHeader> {
    const { value, done } = await this.next();
    const header = done ? null : readHeader(value.toString());
    if (header === null) throw new StartError('The file is not an export: its first line is not the header of one.');
    if (header.version > exportVersion) {
      throw new StartError(
        `The export has format version ${header.version}, and this release reads up to ${exportVersion}: import it with release ${header.release} or later.`,
      );
    }
    this.hash.update(value!).update('\n');
    return header;
  }

  /**
   * Every row, in the order of the file, up to the footer.
   * @throws StartError where the file was cut off or changed
   */
  async *rows(): AsyncGenerator<RestoredRow> {
    for (;;) {
      const { value, done } = await this.next();
      if (done) throw new StartError(`The file ends after line ${this.line} without its last line: it was cut off.`);
      const text = value.toString();
      const footer = readFooter(text);
      if (footer !== null) return await this.finish(footer);
      const row = readRowLine(text);
      if (row === null) throw new StartError(`Line ${this.line} is not a line of an export: the file was changed.`);
      this.hash.update(value).update('\n');
      this.counts.set(row.table, (this.counts.get(row.table) ?? 0) + 1);
      yield row;
    }
  }

  private async finish({ sha256, rows }: ExportFooter): Promise<void> {
    const missed = Object.entries(rows).find(([table, count]) => (this.counts.get(table) ?? 0) !== count);
    if (this.hash.digest('hex') !== sha256 || missed !== undefined) {
      throw new StartError('The checksum of the file is not the one in its last line: the file was changed.');
    }
    if (!(await this.next()).done) {
      throw new StartError(`Line ${this.line} comes after the last line of the export: the file was changed.`);
    }
  }

  private async next(): Promise<{ value: Buffer; done: false } | { value: undefined; done: true }> {
    const { value, done } = await this.lines.next();
    if (done === true) return { value: undefined, done: true };
    this.line++;
    return { value, done: false };
  }
}

/** The lines of a file without their ends; of a last one without an end, what is there of it. */
async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      yield parts.length === 0 ? chunk.subarray(start, end) : Buffer.concat([...parts, chunk.subarray(start, end)]);
      [parts, length, start] = [[], 0, end + 1];
    }
    if (start === chunk.length) continue;
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > longestLine) throw new StartError(`The file is not an ${exportFormat}: it has a line without an end.`);
  }
  if (length > 0) yield Buffer.concat(parts);
}
