/** A text that is not JSON, or has a key twice. */
export class NotCanonicalError extends Error {}

const blank = /[ \t\n\r]*/y;
// oxlint-disable-next-line no-control-regex -- JSON forbids them inside of strings
const string = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

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
  const members = reader.members();
  reader.end();
  return new Map([...members].map(([quoted, value]) => [JSON.parse(quoted) as string, value]));
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  value(): string {
    this.skipBlanks();
    const first = this.text[this.at];
    if (first === '{') return this.object();
    if (first === '[') return this.array();
    if (first === '"') return this.string();
    return this.token(scalar);
  }

  end(): void {
    this.skipBlanks();
    if (this.at < this.text.length) this.fail();
  }

  /** By their quoted names. */
  members(): Map<string, string> {
    const members = new Map<string, string>();
    this.skipBlanks();
    if (this.text[this.at] !== '{') this.fail();
    this.each('}', () => {
      this.skipBlanks();
      const name = this.string();
      if (members.has(name)) throw new NotCanonicalError(`The name ${name} stands twice in an object`);
      this.skipBlanks();
      this.expect(':');
      members.set(name, this.value());
    });
    return members;
  }

  private object(): string {
    const members = this.members();
    const names = [...members.keys()].map((quoted) => ({ quoted, name: JSON.parse(quoted) as string }));
    names.sort((a, b) => (a.name < b.name ? -1 : 1));
    return `{${names.map(({ quoted }) => `${quoted}:${members.get(quoted)}`).join(',')}}`;
  }

  private array(): string {
    const items: string[] = [];
    this.each(']', () => items.push(this.value()));
    return `[${items.join(',')}]`;
  }

  /** What stands between brackets, separated by commas. */
  private each(closing: string, read: () => void): void {
    this.at++;
    this.skipBlanks();
    if (this.text[this.at] === closing) {
      this.at++;
      return;
    }
    for (;;) {
      read();
      this.skipBlanks();
      if (this.text[this.at] === closing) break;
      this.expect(',');
    }
    this.at++;
  }

  private string(): string {
    const token = this.token(string);
    return token.includes('\\') ? JSON.stringify(JSON.parse(token)) : token;
  }

  private token(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return this.fail();
    this.at += found.length;
    return found;
  }

  private skipBlanks(): void {
    blank.lastIndex = this.at;
    blank.test(this.text);
    this.at = blank.lastIndex;
  }

  private expect(character: string): void {
    if (this.text[this.at] !== character) this.fail();
    this.at++;
  }

  private fail(): never {
    throw new NotCanonicalError(`This is not JSON at character ${this.at}`);
  }
}
