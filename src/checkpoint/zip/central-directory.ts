import type { ByteSource } from '../../kernel/byte-source.ts';
import type { CheckpointFailure } from '../checkpoint-error.ts';

/** Largest central directory that is read (CWE-789): 320 bytes for each of 50,000 entries. */
export const MAX_CENTRAL_DIRECTORY_BYTES: number = 16 * 1024 * 1024;

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_END_BYTES = 56;
const SATURATED_16 = 0xffff;
const SATURATED_32 = 0xffff_ffff;

/** Where the directory of a zip archive lies. */
export interface CentralDirectory {
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly entryCount: number;
}

/** The end record is the last thing in the file, but for a comment of at most 65,535 bytes. */
async function findEndRecord(
  source: ByteSource,
  failure: CheckpointFailure,
): Promise<{ tail: DataView; tailStart: number; at: number }> {
  const bytes = new Uint8Array(Math.min(source.sizeBytes, END_BYTES + MAX_COMMENT_BYTES));
  const tailStart = source.sizeBytes - bytes.byteLength;
  await source.read(bytes, tailStart);
  const tail = new DataView(bytes.buffer);
  for (let at = bytes.byteLength - END_BYTES; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) === END_SIGNATURE) return { tail, tailStart, at };
  }
  throw failure.truncated(`the zip archive has no end record in its last ${bytes.byteLength} bytes`, source.sizeBytes);
}

async function readZip64End(
  source: ByteSource,
  endOffset: number,
  failure: CheckpointFailure,
): Promise<CentralDirectory | null> {
  if (endOffset < ZIP64_LOCATOR_BYTES) return null;
  const locator = new Uint8Array(ZIP64_LOCATOR_BYTES);
  await source.read(locator, endOffset - ZIP64_LOCATOR_BYTES);
  const locatorView = new DataView(locator.buffer);
  if (locatorView.getUint32(0, true) !== ZIP64_LOCATOR_SIGNATURE) return null;
  const recordOffset = Number(locatorView.getBigUint64(8, true));
  if (!(recordOffset + ZIP64_END_BYTES <= endOffset - ZIP64_LOCATOR_BYTES)) {
    throw failure.malformed(
      `the zip64 end record is said to lie at byte ${recordOffset}`,
      endOffset - ZIP64_LOCATOR_BYTES,
    );
  }
  const record = new Uint8Array(ZIP64_END_BYTES);
  await source.read(record, recordOffset);
  const view = new DataView(record.buffer);
  if (view.getUint32(0, true) !== ZIP64_END_SIGNATURE)
    throw failure.malformed('there is no zip64 end record', recordOffset);
  return {
    entryCount: Number(view.getBigUint64(32, true)),
    byteLength: Number(view.getBigUint64(40, true)),
    byteOffset: Number(view.getBigUint64(48, true)),
  };
}

/** Both end records must say the same wherever the 32-bit one can (else two readers see two archives, CWE-436). */
function agree(classic: CentralDirectory, zip64: CentralDirectory): boolean {
  return (
    (classic.entryCount === SATURATED_16 || classic.entryCount === zip64.entryCount) &&
    (classic.byteLength === SATURATED_32 || classic.byteLength === zip64.byteLength) &&
    (classic.byteOffset === SATURATED_32 || classic.byteOffset === zip64.byteOffset)
  );
}

/**
 * Finds the central directory through the end record and, where there is one, the zip64 end record.
 *
 * @throws {@link CheckpointError} `CHECKPOINT_TRUNCATED` without an end record, `CHECKPOINT_MALFORMED`,
 * `CHECKPOINT_LIMIT_EXCEEDED`.
 */
export async function findCentralDirectory(source: ByteSource, failure: CheckpointFailure): Promise<CentralDirectory> {
  const { tail, tailStart, at } = await findEndRecord(source, failure);
  const endOffset = tailStart + at;
  const classic: CentralDirectory = {
    entryCount: tail.getUint16(at + 10, true),
    byteLength: tail.getUint32(at + 12, true),
    byteOffset: tail.getUint32(at + 16, true),
  };
  const zip64 = await readZip64End(source, endOffset, failure);
  if (zip64 !== null && !agree(classic, zip64)) {
    throw failure.malformed('the zip end record and the zip64 end record disagree', endOffset);
  }
  const directory = zip64 ?? classic;
  if (!(directory.byteOffset + directory.byteLength <= endOffset)) {
    throw failure.malformed(
      `the zip directory of ${directory.byteLength} bytes at byte ${directory.byteOffset} reaches past the end record`,
      endOffset,
    );
  }
  if (directory.byteLength > MAX_CENTRAL_DIRECTORY_BYTES) {
    throw failure.limitExceeded(
      `the zip directory has ${directory.byteLength} bytes`,
      MAX_CENTRAL_DIRECTORY_BYTES,
      directory.byteOffset,
    );
  }
  return directory;
}
