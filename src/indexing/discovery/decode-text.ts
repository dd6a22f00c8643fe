/** A file's text and how its bytes were read. */
export interface DecodedText {
  readonly text: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
}

const BOMS: readonly { readonly bytes: readonly number[]; readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' }[] = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
];

/** Bytes looked at to tell text from binary, as git does. */
const SNIFF_BYTES = 8_192;

function byteOrderMark(bytes: Uint8Array): (typeof BOMS)[number] | undefined {
  return BOMS.find((mark) => mark.bytes.every((byte, index) => bytes[index] === byte));
}

/** True for content that is no text: a NUL among the first 8 KiB and no UTF-16 byte order mark (git's rule). */
export function isBinary(bytes: Uint8Array): boolean {
  const mark = byteOrderMark(bytes);
  if (mark !== undefined && mark.encoding !== 'utf-8') return false;
  return bytes.subarray(0, SNIFF_BYTES).includes(0);
}

/**
 * Decodes source text: by its byte order mark (SQL Server's tools write UTF-16), else as UTF-8, else, where that is
 * not valid, as Windows-1252, in which no byte is invalid and which older Western code bases are written in.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  const mark = byteOrderMark(bytes);
  if (mark !== undefined) {
    const text = new TextDecoder(mark.encoding).decode(bytes);
    return { text, encoding: mark.encoding };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' };
  } catch {
    // Not UTF-8: the caller reports the encoding that was assumed.
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'windows-1252' };
  }
}
