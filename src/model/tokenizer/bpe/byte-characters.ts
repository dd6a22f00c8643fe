/**
 * The character that stands for each byte in a byte-level vocabulary (`bytes_to_unicode` of GPT-2): printable Latin-1
 * characters for themselves, the other bytes in order as U+0100 and on, so that a space is `Ġ`.
 */
export const BYTE_CHARACTERS: readonly string[] = byteCharacters();

function byteCharacters(): string[] {
  let others = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    if (isPrintable) return String.fromCharCode(byte);
    others += 1;
    return String.fromCharCode(others - 1);
  });
}
