/** Writes every run of white space as one blank: `text.replace(/\s+/gu, ' ')`, without a copy where nothing changes. */
export function foldBlanks(text: string): string {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Outside ASCII a regular expression knows what is white space.
    if (code > 0x7e || code < 0x20 || (code === 0x20 && text.charCodeAt(at + 1) === 0x20)) {
      return text.replace(/\s+/gu, ' ');
    }
  }
  return text;
}
