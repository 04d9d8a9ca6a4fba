/** Octets of a line of iCalendar at most, its end not counted (RFC 5545, section 3.1). */
const longest = 75;

/** A line of iCalendar, continued on as many lines as it needs: no character is torn apart. */
export function foldLine(line: string): string {
  if (Buffer.byteLength(line) <= longest) return line;
  let folded = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > longest) {
      folded += '\r\n ';
      octets = 1;
    }
    folded += character;
    octets += size;
  }
  return folded;
}
