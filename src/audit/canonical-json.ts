/** A text that is not JSON, or has a key twice. */
export class NotCanonicalError extends Error {}

interface Member {
  readonly name: string;
  /** `"name":value`, both canonical. */
  readonly text: string;
}

const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// oxlint-disable-next-line no-control-regex -- JSON forbids them inside of strings
const escaped = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const [tab, lineFeed, carriageReturn, space, quote] = [0x09, 0x0a, 0x0d, 0x20, 0x22];
const [comma, colon, openBracket, backslash, closeBracket] = [0x2c, 0x3a, 0x5b, 0x5c, 0x5d];
const [openBrace, closeBrace] = [0x7b, 0x7d];

/**
 * The one way to write a JSON text, for hashing: members ordered by the UTF-16 code units of their names, no blanks, strings
 * with the escapes that ECMAScript writes, as in RFC 8785. Other than there, numbers stay as they are written: PostgreSQL
 * keeps digits that a double loses, and 1.0 is another record than 1.
 *
 * @throws NotCanonicalError for what is not JSON, and for a name that stands twice in an object
 */
export function canonicalJson(text: string): string {
  const reader = new Reader(text);
  const canonical = reader.value();
  reader.end();
  return canonical;
}

/**
 * The members of an object, each as canonical JSON.
 * @throws NotCanonicalError for what is no object in JSON
 */
export function canonicalMembers(text: string): ReadonlyMap<string, string> {
  const reader = new Reader(text);
  const members = reader.namedValues();
  reader.end();
  return members;
}

/** Goes through the text by its code units and cuts out what stays as it is: each audited change passes here. */
class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  value(): string {
    const first = this.next();
    if (first === quote) return this.string();
    if (first === openBrace) return this.object();
    if (first === openBracket) return this.array();
    return this.token(scalar);
  }

  end(): void {
    this.next();
    if (this.at < this.text.length) this.fail();
  }

  /** In the order of the text. */
  namedValues(): Map<string, string> {
    const values = new Map<string, string>();
    if (this.next() !== openBrace) this.fail();
    this.at++;
    if (this.closes(closeBrace)) return values;
    do {
      const quoted = this.name();
      const name = nameOf(quoted);
      if (values.has(name)) twice(name);
      values.set(name, this.value());
    } while (this.goesOn(closeBrace));
    return values;
  }

  private object(): string {
    this.at++;
    if (this.closes(closeBrace)) return '{}';
    const members: Member[] = [];
    let isOrdered = true;
    let last: string | null = null;
    do {
      const quoted = this.name();
      const name = nameOf(quoted);
      isOrdered &&= last === null || last < name;
      last = name;
      members.push({ name, text: `${quoted}:${this.value()}` });
    } while (this.goesOn(closeBrace));
    // PostgreSQL orders by length first.
    if (!isOrdered) order(members);
    let text = `{${members[0]!.text}`;
    for (let i = 1; i < members.length; i++) text += `,${members[i]!.text}`;
    return `${text}}`;
  }

  private array(): string {
    this.at++;
    if (this.closes(closeBracket)) return '[]';
    let text = '[';
    do text += text.length === 1 ? this.value() : `,${this.value()}`;
    while (this.goesOn(closeBracket));
    return `${text}]`;
  }

  /** The canonical name of a member, quoted; what follows is its value. */
  private name(): string {
    if (this.next() !== quote) this.fail();
    const name = this.string();
    if (this.next() !== colon) this.fail();
    this.at++;
    return name;
  }

  private string(): string {
    const { text, at: from } = this;
    for (let at = from + 1; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === quote) {
        this.at = at + 1;
        return text.slice(from, this.at);
      }
      if (unit === backslash) return JSON.stringify(JSON.parse(this.token(escaped)));
      if (unit < space) break;
    }
    return this.fail();
  }

  private token(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return this.fail();
    const from = this.at;
    this.at = pattern.lastIndex;
    return this.text.slice(from, this.at);
  }

  /** Whether what stands between brackets goes on, behind a comma. */
  private goesOn(closing: number): boolean {
    if (this.closes(closing)) return false;
    if (this.next() !== comma) this.fail();
    this.at++;
    return true;
  }

  private closes(closing: number): boolean {
    if (this.next() !== closing) return false;
    this.at++;
    return true;
  }

  /** The next code unit that is no blank; NaN at the end. */
  private next(): number {
    for (;;) {
      const unit = this.text.charCodeAt(this.at);
      if (unit !== space && unit !== lineFeed && unit !== tab && unit !== carriageReturn) return unit;
      this.at++;
    }
  }

  private fail(): never {
    throw new NotCanonicalError(`This is not JSON at character ${this.at}`);
  }
}

function nameOf(quoted: string): string {
  return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}

function order(members: Member[]): void {
  members.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (let i = 1; i < members.length; i++) if (members[i]!.name === members[i - 1]!.name) twice(members[i]!.name);
}

function twice(name: string): never {
  throw new NotCanonicalError(`The name ${JSON.stringify(name)} stands twice in an object`);
}
