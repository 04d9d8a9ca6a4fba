/**
 * Text from a file, fit for a terminal and for one line of it: what steers a terminal or turns the direction of writing is
 * shown as the escape that JavaScript has for it.
 */
export function shownText(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
