/** What a badge says: a label on the left, and what it is about on the right. */
export interface Badge {
  readonly label: string;
  readonly message: string;
  /** Read out by screen readers, and shown by browsers under the pointer. */
  readonly title: string;
  readonly color: 'green' | 'grey';
}

/** White text keeps a contrast of 4.5 on both (WCAG 2.1, success criterion 1.4.3). */
const colors = { green: '#2b7a3d', grey: '#6b6b6b' } as const;
const height = 20;
const padding = 6;
/** Versions may be long; what does not fit is in the title. */
const maxCharacters = 40;

/** A badge as SVG. All text is what strangers sent: it is escaped here, and stands nowhere but in text and attributes. */
export function drawBadge({ label, message, title, color }: Badge): string {
  const left = part(label, 0);
  const right = part(message, left.width);
  const width = left.width + right.width;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}">
<title>${escapeXml(title)}</title>
<clipPath id="c"><rect width="${width}" height="${height}" rx="3"/></clipPath>
<g clip-path="url(#c)"><rect width="${left.width}" height="${height}" fill="#444"/><rect x="${left.width}" width="${right.width}" height="${height}" fill="${colors[color]}"/></g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${left.text}${right.text}</g>
</svg>
`;
}

function part(text: string, x: number): { readonly width: number; readonly text: string } {
  const shown = shorten(text);
  const length = Math.ceil(Array.from(shown).reduce((sum, character) => sum + widthOf(character), 0));
  return {
    width: length + 2 * padding,
    text: `<text x="${x + padding}" y="14" textLength="${length}">${escapeXml(shown)}</text>`,
  };
}

function shorten(text: string): string {
  const characters = Array.from(text);
  return characters.length <= maxCharacters ? text : `${characters.slice(0, maxCharacters - 1).join('')}…`;
}

/** In Verdana at 11 pixels, roughly; `textLength` makes the text fit where another font is used. */
function widthOf(character: string): number {
  if (/[\u2e80-\uffdc\u{1f000}-\u{3ffff}]/u.test(character)) return 11;
  if (/[ijlI.,:;|!'()[\]\s]/.test(character)) return 4.5;
  return /[mwMW@%—…]/.test(character) ? 10.5 : 7.2;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for XML 1.0, which has no way to write most control characters. */
function escapeXml(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => entities[character]!);
}
