import { createHash, randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { errorMessage } from '../kernel/errors.ts';
import { silentLogger, type Logger } from '../kernel/logger.ts';
import { createCacheFolder } from './cache-folder.ts';

/** Bytes read at a time while hashing. */
const BLOCK_BYTES = 4 * 1024 * 1024;
/**
 * A file changed more recently is hashed but not remembered: file systems count time in steps of up to two seconds (FAT),
 * so it may change once more without a sign. Git calls such files racy.
 */
const SETTLED_AFTER_MS = 2000;

/**
 * sha256 (hex) of a file's content.
 *
 * Hashing a model of 400 MB takes a third of a second, too long for every start, so the digest is remembered in
 * `<cache>/digests/` beside what changes when the file does: size, inode, modification and status change time (in
 * nanoseconds; the latter cannot be set back by a program).
 *
 * @param cacheFolder - Root of the cache; one that cannot be written only costs the memory.
 * @throws the signal's reason when aborted.
 */
export async function fileDigest(
  path: string,
  cacheFolder: string,
  logger: Logger = silentLogger,
  signal?: AbortSignal,
): Promise<string> {
  const absolute = resolve(path);
  const recordPath = join(cacheFolder, 'digests', `${sha256(absolute)}.json`);
  const before = await fileState(absolute);
  const record = await readRecord(recordPath);
  if (record !== null && record.path === absolute && record.state === before.state) return record.sha256;
  const isSettled = Date.now() - before.changedMs > SETTLED_AFTER_MS;
  const digest = await hashFile(absolute, signal);
  // A file that changed while it was read has no digest worth remembering.
  if (isSettled && (await fileState(absolute)).state === before.state) {
    await writeRecord(recordPath, { path: absolute, state: before.state, sha256: digest }, logger);
  }
  return digest;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

interface DigestRecord {
  readonly path: string;
  /** {@link fileState} of the file that was hashed. */
  readonly state: string;
  readonly sha256: string;
}

async function fileState(path: string): Promise<{ readonly state: string; readonly changedMs: number }> {
  const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = await stat(path, { bigint: true });
  return { state: [dev, ino, size, mtimeNs, ctimeNs].join(':'), changedMs: Number(ctimeMs) };
}

async function hashFile(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  await using file = await open(path, 'r');
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(block, 0, block.length, null);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(block.subarray(0, bytesRead));
  }
}

/** A record that is missing or damaged is no record: the file is hashed again. */
async function readRecord(path: string): Promise<DigestRecord | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isDigestRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isDigestRecord(value: unknown): value is DigestRecord {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const digest = fields.get('sha256');
  return (
    typeof fields.get('path') === 'string' &&
    typeof fields.get('state') === 'string' &&
    typeof digest === 'string' &&
    /^[0-9a-f]{64}$/.test(digest)
  );
}

async function writeRecord(path: string, record: DigestRecord, logger: Logger): Promise<void> {
  // Safe to go on when it fails: without a record the next start hashes again.
  const complain = (cause: unknown): void =>
    logger.info(`the digest of ${record.path} could not be remembered: ${errorMessage(cause)}`);
  try {
    await createCacheFolder(dirname(path));
  } catch (cause) {
    complain(cause);
    return;
  }
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeFile(temporary, JSON.stringify(record));
    await rename(temporary, path);
  } catch (cause) {
    complain(cause);
    await rm(temporary, { force: true });
  }
}
