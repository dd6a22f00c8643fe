import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import type { ByteSource } from '../../kernel/byte-source.ts';
import { SAVE_WEIGHTS, type CheckpointFailure } from '../checkpoint-error.ts';
import { MAX_PICKLE_BYTES } from '../pickle/limits.ts';
import { unpickle } from '../pickle/unpickle.ts';
import { readZipIndex, type ZipEntry } from '../zip/zip-index.ts';
import { TensorRebuilder } from './rebuild-tensor.ts';
import { TorchFile } from './torch-file.ts';
import { ALLOWED_GLOBALS, STORAGE_TAG } from './torch-globals.ts';

/** Longest `byteorder` record that is looked at; it says `little` or `big`. */
const MAX_BYTEORDER_BYTES = 16;
/** Records are verified through a buffer of this size. */
const VERIFY_CHUNK_BYTES = 4 * 1024 * 1024;

/** The records of a file written by `torch.save`. */
export interface TorchArchive {
  readonly records: ReadonlyMap<string, ZipEntry>;
  /** Name of the folder all records are in. */
  readonly root: string;
  readonly pickle: ZipEntry;
}

/**
 * Reads the index of a zip file and tells what torch wrote it for.
 *
 * @throws {@link CheckpointError} `CHECKPOINT_NOT_A_CHECKPOINT` without a `data.pkl`, `CHECKPOINT_UNSUPPORTED` for
 * TorchScript, and what the zip index throws.
 */
export async function openTorchArchive(source: ByteSource, failure: CheckpointFailure): Promise<TorchArchive> {
  const records = await readZipIndex(source, failure);
  // torch names the folder after the file it saved to, and wants every record in it.
  const [first = ''] = records.keys();
  const root = first.slice(0, first.indexOf('/') + 1);
  const isTorchScript =
    records.has(`${root}constants.pkl`) || [...records.keys()].some((name) => name.startsWith(`${root}code/`));
  if (isTorchScript) {
    throw failure.unsupported(
      'TorchScript',
      'is a TorchScript program, not a checkpoint',
      `Load it in Python with \`model = torch.jit.load(${JSON.stringify(basename(source.name))})\` and save its weights with \`${SAVE_WEIGHTS}\`.`,
    );
  }
  const pickle = records.get(`${root}data.pkl`);
  if (root === '' || pickle === undefined) {
    throw failure.notACheckpoint(
      'zip',
      'is a zip archive that torch.save did not write: it has no folder with a data.pkl',
      'Use the pytorch_model.bin of the model.',
    );
  }
  for (const record of records.values()) assertStored(record, failure);
  return { records, root, pickle };
}

/** Only stored records can be read at their place in the file, and torch writes no others. */
function assertStored({ name, method, isEncrypted }: ZipEntry, failure: CheckpointFailure): void {
  if (isEncrypted) {
    const hint = 'Save the checkpoint without encryption.';
    throw failure.unsupported('encrypted zip', `holds the encrypted record ${name}`, hint);
  }
  if (method === 0) return;
  throw failure.unsupported(
    'compressed zip',
    `holds the compressed record ${name} (zip method ${method}), which torch.save never writes`,
    'Save the checkpoint again with torch.save, or re-zip it without compression.',
  );
}

async function assertLittleEndian(
  source: ByteSource,
  { records, root }: TorchArchive,
  failure: CheckpointFailure,
): Promise<void> {
  const record = records.get(`${root}byteorder`);
  // Versions before 2.1 do not write it, and little-endian is all they wrote.
  if (record === undefined) return;
  const bytes = new Uint8Array(Math.min(record.byteLength, MAX_BYTEORDER_BYTES));
  await source.read(bytes, record.byteOffset);
  const byteOrder = new TextDecoder('latin1').decode(bytes);
  if (byteOrder === 'little') return;
  if (byteOrder === 'big') {
    throw failure.unsupported(
      'big-endian',
      'was saved on a big-endian machine',
      'Load it with torch and save it again on a little-endian machine.',
    );
  }
  throw failure.malformed(`the byte order is "${byteOrder}"`, record.byteOffset);
}

/** Reads `data.pkl`, whose checksum is always verified: torch does not, and a flipped bit there can mean anything. */
export async function readPickleRecord(
  source: ByteSource,
  pickle: ZipEntry,
  failure: CheckpointFailure,
): Promise<Uint8Array> {
  if (pickle.byteLength > MAX_PICKLE_BYTES) {
    throw failure.limitExceeded(`data.pkl has ${pickle.byteLength} bytes`, MAX_PICKLE_BYTES, pickle.byteOffset);
  }
  const bytes = new Uint8Array(pickle.byteLength);
  await source.read(bytes, pickle.byteOffset);
  if (pickle.crc32 !== null && crc32(bytes) !== pickle.crc32)
    throw failure.checksumMismatch(pickle.name, pickle.byteOffset);
  return bytes;
}

/** Compares every record that has a checksum with it, through a small buffer. */
async function verifyRecords(
  source: ByteSource,
  records: Iterable<ZipEntry>,
  failure: CheckpointFailure,
  signal: AbortSignal | undefined,
): Promise<void> {
  const buffer = new Uint8Array(Math.min(VERIFY_CHUNK_BYTES, source.sizeBytes));
  for (const { name, byteOffset, byteLength, crc32: expected } of records) {
    if (expected === null) continue;
    let actual = 0;
    for (let done = 0; done < byteLength; done += buffer.byteLength) {
      signal?.throwIfAborted();
      const chunk = buffer.subarray(0, Math.min(buffer.byteLength, byteLength - done));
      await source.read(chunk, byteOffset + done);
      actual = crc32(chunk, actual);
    }
    if (actual !== expected) throw failure.checksumMismatch(name, byteOffset);
  }
}

/**
 * Reads the index of a checkpoint in the format torch has written since 1.6.
 *
 * @param options.verifyTensorCrc - Read every record once and compare it with its CRC-32.
 * @throws {@link CheckpointError} with any code but `CHECKPOINT_LFS_POINTER`.
 */
export async function readTorchZip(
  source: ByteSource,
  failure: CheckpointFailure,
  options: { verifyTensorCrc: boolean; signal: AbortSignal | undefined },
): Promise<TorchFile> {
  const archive = await openTorchArchive(source, failure);
  const { records, root, pickle } = archive;
  await assertLittleEndian(source, archive, failure);
  const bytes = await readPickleRecord(source, pickle, failure);
  const { value, globals } = unpickle(bytes, {
    failure,
    byteOffset: pickle.byteOffset,
    allowedGlobals: ALLOWED_GLOBALS,
    persistentIdTag: STORAGE_TAG,
  });
  options.signal?.throwIfAborted();
  if (options.verifyTensorCrc) await verifyRecords(source, records.values(), failure, options.signal);
  const rebuilder = new TensorRebuilder(source, (key) => records.get(`${root}data/${key}`), failure);
  return new TorchFile(value, { format: 'torch-zip', globals, rebuilder, failure });
}
