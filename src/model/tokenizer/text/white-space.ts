/**
 * Whether a UTF-16 unit is white space in Unicode's sense (property `White_Space`), as Rust's `char::is_whitespace` and
 * `\s` of its regular expressions. JavaScript's `\s` and `trim` differ: they count U+FEFF and leave out U+0085.
 */
export function isWhiteSpace(unit: number): boolean {
  if (unit <= 0x20) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
  if (unit < 0x1680) return unit === 0x85 || unit === 0xa0;
  if (unit < 0x2000) return unit === 0x1680;
  return unit <= 0x200a || unit === 0x2028 || unit === 0x2029 || unit === 0x202f || unit === 0x205f || unit === 0x3000;
}

/** Index after the last unit of `text[from..to)` that is no white space; `from` when all are. */
export function trimmedEnd(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && isWhiteSpace(text.charCodeAt(end - 1))) end -= 1;
  return end;
}

/** Index of the first unit from `from` on that is no white space; the length when all are. */
export function skipWhiteSpace(text: string, from: number): number {
  let start = from;
  while (start < text.length && isWhiteSpace(text.charCodeAt(start))) start += 1;
  return start;
}
