import type { ByteSource } from '../../kernel/byte-source.ts';
import type { CheckpointFailure } from '../checkpoint-error.ts';
import { findCentralDirectory } from './central-directory.ts';

/** Most entries an archive may have (CWE-400: each has a header to read); the largest published checkpoints have some thousands. */
export const MAX_ZIP_ENTRIES = 50_000;
/** Longest entry name in bytes (CWE-770). */
export const MAX_ZIP_NAME_BYTES = 1024;

const CENTRAL_SIGNATURE = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const ZIP64_EXTRA_ID = 1;
const SATURATED_32 = 0xffff_ffff;
const FLAG_ENCRYPTED = 1;
/** Local headers read at the same time. */
const CONCURRENT_READS = 32;

/** An entry of a zip archive. */
export interface ZipEntry {
  readonly name: string;
  /** Absolute position of its data. */
  readonly byteOffset: number;
  readonly byteLength: number;
  /** Null when the writer did not record one: torch can be told to leave it 0. */
  readonly crc32: number | null;
  /** Compression method; 0 is stored, the only one whose data can be read at its place. */
  readonly method: number;
  readonly isEncrypted: boolean;
}

interface CentralEntry extends Omit<ZipEntry, 'byteOffset'> {
  readonly localOffset: number;
}

/** Reads one 64-bit value of the zip64 extra for each 32-bit field that is all ones (APPNOTE 4.5.3). */
function readZip64Extra(extra: DataView, wanted: number): number[] | null {
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const id = extra.getUint16(at, true);
    const length = extra.getUint16(at + 2, true);
    if (id === ZIP64_EXTRA_ID) {
      if (length < wanted * 8 || at + 4 + wanted * 8 > extra.byteLength) return null;
      return Array.from({ length: wanted }, (_, index) => Number(extra.getBigUint64(at + 4 + index * 8, true)));
    }
    at += 4 + length;
  }
  return null;
}

/** Walks the central directory; `view` is the directory, `base` its absolute position. */
class CentralDirectoryReader {
  readonly #view: DataView;
  readonly #base: number;
  readonly #failure: CheckpointFailure;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #at = 0;

  constructor(bytes: Uint8Array, base: number, failure: CheckpointFailure) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#base = base;
    this.#failure = failure;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#view.byteLength;
  }

  readEntry(): CentralEntry {
    const view = this.#view;
    const at = this.#at;
    const absolute = this.#base + at;
    if (at + CENTRAL_BYTES > view.byteLength || view.getUint32(at, true) !== CENTRAL_SIGNATURE) {
      throw this.#failure.malformed('the zip central directory has no entry', absolute);
    }
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const end = at + CENTRAL_BYTES + nameBytes + extraBytes + view.getUint16(at + 32, true);
    if (end > view.byteLength) throw this.#failure.malformed('a zip entry reaches past its directory', absolute);
    if (nameBytes > MAX_ZIP_NAME_BYTES) {
      throw this.#failure.limitExceeded(`a zip entry has a name of ${nameBytes} bytes`, MAX_ZIP_NAME_BYTES, absolute);
    }
    const name = this.#readName(at + CENTRAL_BYTES, nameBytes);
    this.#at = end;
    return { name, ...this.#readSizes(at, at + CENTRAL_BYTES + nameBytes, extraBytes) };
  }

  #readName(at: number, length: number): string {
    try {
      return this.#decoder.decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, length));
    } catch {
      // TextDecoder's own message says nothing about the file.
      throw this.#failure.malformed('a zip entry has a name that is not UTF-8', this.#base + at);
    }
  }

  #readSizes(at: number, extraAt: number, extraBytes: number): Omit<CentralEntry, 'name'> {
    const view = this.#view;
    const fields = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
    const saturated = fields.filter((value) => value === SATURATED_32).length;
    if (saturated > 0) {
      const extra = readZip64Extra(new DataView(view.buffer, view.byteOffset + extraAt, extraBytes), saturated);
      if (extra === null) throw this.#failure.malformed('a zip entry lacks its zip64 sizes', this.#base + at);
      for (const [index, value] of fields.entries()) if (value === SATURATED_32) fields[index] = extra.shift() ?? value;
    }
    const [plainLength = 0, byteLength = 0, localOffset = 0] = fields;
    const method = view.getUint16(at + 10, true);
    const isEncrypted = (view.getUint16(at + 8, true) & FLAG_ENCRYPTED) !== 0;
    if (method === 0 && !isEncrypted && plainLength !== byteLength) {
      throw this.#failure.malformed('an uncompressed zip entry has two different sizes', this.#base + at);
    }
    const crc32 = view.getUint32(at + 16, true);
    return { localOffset, byteLength, crc32: crc32 === 0 && byteLength > 0 ? null : crc32, method, isEncrypted };
  }
}

/** Where the data starts: only the local header knows, its extra field (padding) differs from the directory's. */
async function locateData(
  source: ByteSource,
  entry: CentralEntry,
  dataEnd: number,
  failure: CheckpointFailure,
): Promise<ZipEntry> {
  const { localOffset, ...described } = entry;
  const { name, byteLength } = entry;
  if (!(localOffset + LOCAL_BYTES <= dataEnd)) {
    throw failure.malformed(
      `record ${name} is said to lie at byte ${localOffset}, past the ${dataEnd} bytes of records`,
    );
  }
  const header = new Uint8Array(LOCAL_BYTES);
  await source.read(header, localOffset);
  const view = new DataView(header.buffer);
  if (view.getUint32(0, true) !== LOCAL_SIGNATURE) {
    throw failure.malformed(`record ${name} has no local zip header`, localOffset);
  }
  const byteOffset = localOffset + LOCAL_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  if (!(byteOffset + byteLength <= dataEnd)) {
    throw failure.malformed(
      `record ${name} of ${byteLength} bytes reaches past the ${dataEnd} bytes of records, starting`,
      byteOffset,
    );
  }
  return { ...described, byteOffset };
}

/** Records that overlap let a small file claim any size (CWE-409). */
function assertNoOverlap(entries: readonly ZipEntry[], failure: CheckpointFailure): void {
  const ordered = [...entries].sort((a, b) => a.byteOffset - b.byteOffset);
  let end = 0;
  for (const entry of ordered) {
    if (entry.byteLength > 0 && entry.byteOffset < end) {
      throw failure.malformed(`record ${entry.name} overlaps the one before it`, entry.byteOffset);
    }
    end = Math.max(end, entry.byteOffset + entry.byteLength);
  }
}

/**
 * Reads the index of a zip archive: end record, central directory and local headers, never the data.
 * Follows PKWARE APPNOTE 6.3.10.
 *
 * @returns Entries by name, in the order of the directory.
 * @throws {@link CheckpointError} `CHECKPOINT_TRUNCATED`, `CHECKPOINT_MALFORMED`, `CHECKPOINT_LIMIT_EXCEEDED`.
 */
export async function readZipIndex(
  source: ByteSource,
  failure: CheckpointFailure,
): Promise<ReadonlyMap<string, ZipEntry>> {
  const directory = await findCentralDirectory(source, failure);
  if (directory.entryCount > MAX_ZIP_ENTRIES) {
    throw failure.limitExceeded(
      `the zip archive has ${directory.entryCount} entries`,
      MAX_ZIP_ENTRIES,
      directory.byteOffset,
    );
  }
  const bytes = new Uint8Array(directory.byteLength);
  await source.read(bytes, directory.byteOffset);
  const reader = new CentralDirectoryReader(bytes, directory.byteOffset, failure);
  const central = new Map<string, CentralEntry>();
  while (!reader.isAtEnd) {
    const entry = reader.readEntry();
    if (central.has(entry.name)) throw failure.malformed(`two records are called ${entry.name}`, entry.localOffset);
    central.set(entry.name, entry);
  }
  if (central.size !== directory.entryCount) {
    throw failure.malformed(
      `the zip directory has ${central.size} entries and announces ${directory.entryCount}`,
      directory.byteOffset,
    );
  }
  const entries: ZipEntry[] = [];
  const pending = [...central.values()];
  for (let start = 0; start < pending.length; start += CONCURRENT_READS) {
    const batch = pending.slice(start, start + CONCURRENT_READS);
    entries.push(
      ...(await Promise.all(batch.map((entry) => locateData(source, entry, directory.byteOffset, failure)))),
    );
  }
  assertNoOverlap(entries, failure);
  return new Map(entries.map((entry) => [entry.name, entry]));
}
