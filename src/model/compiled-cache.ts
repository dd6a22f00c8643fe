import { randomUUID } from 'node:crypto';
import { readFile, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage, systemErrorCode } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { cacheUnwritable, compiledFolder, RECORD_FILE } from './cache-folder.ts';

/** A model as it is kept ready to run, in the cache of this package. */
export interface CompiledForm {
  readonly folder: string;
  readonly fingerprint: string;
  /** Folder of the model it was made from. */
  readonly source: string;
  readonly bytes: number;
  /** When it was made, or last used to within a day. */
  readonly usedAtMs: number;
}

/** Unused for so long, a compiled model is removed: it can be made again. */
const UNUSED_AFTER_MS = 60 * 24 * 60 * 60 * 1000;
/** Use is noted no more often than this. */
const TOUCH_AFTER_MS = 24 * 60 * 60 * 1000;

/** The compiled models in a cache, in the order of their fingerprints. */
export async function listCompiled(cacheFolder: string): Promise<readonly CompiledForm[]> {
  const parent = compiledFolder(cacheFolder);
  const forms: CompiledForm[] = [];
  for (const fingerprint of (await namesIn(parent)).toSorted()) {
    const form = /^[0-9a-f]{64}$/.test(fingerprint) ? await readForm(join(parent, fingerprint), fingerprint) : null;
    if (form !== null) forms.push(form);
  }
  return forms;
}

/** Notes that a compiled model is in use. A cache that may not be written only loses the note. */
export async function touchCompiled(folder: string, logger: Logger, now: number = Date.now()): Promise<void> {
  try {
    if (now - (await stat(folder)).mtimeMs > TOUCH_AFTER_MS) await utimes(folder, now / 1000, now / 1000);
  } catch (cause) {
    logger.debug(`the use of ${folder} could not be noted: ${errorMessage(cause)}`);
  }
}

/** Removes compiled models that were not used for 60 days, such as those of models that changed. */
export async function evictCompiled(cacheFolder: string, logger: Logger, now: number = Date.now()): Promise<void> {
  try {
    for (const form of await listCompiled(cacheFolder)) {
      if (now - form.usedAtMs <= UNUSED_AFTER_MS) continue;
      await removeCompiled(form);
      logger.info(`removed the compiled form of ${form.source}, unused for 60 days`, { ...form });
    }
  } catch (cause) {
    // What stays only takes room.
    logger.warn(`old compiled models in ${cacheFolder} could not be removed: ${errorMessage(cause)}`, { cause });
  }
}

/**
 * Removes a compiled model; renamed first, so that nobody finds half of it.
 *
 * @throws {@link ModelError} `MODEL_CACHE_UNWRITABLE`.
 */
export async function removeCompiled({ folder, fingerprint }: CompiledForm): Promise<void> {
  const doomed = join(folder, '..', `.${fingerprint}.${randomUUID()}.removed`);
  try {
    await rename(folder, doomed);
    await rm(doomed, { recursive: true, force: true });
  } catch (cause) {
    if (systemErrorCode(cause) !== 'ENOENT') throw cacheUnwritable(folder, cause); // Otherwise somebody else removed it.
  }
}

async function readForm(folder: string, fingerprint: string): Promise<CompiledForm | null> {
  try {
    const record: unknown = JSON.parse(await readFile(join(folder, RECORD_FILE), 'utf8'));
    if (typeof record !== 'object' || record === null || !('source' in record)) return null;
    const { source } = record;
    if (typeof source !== 'string') return null;
    let bytes = 0;
    for (const name of await readdir(folder)) bytes += (await stat(join(folder, name))).size;
    return { folder, fingerprint, source, bytes, usedAtMs: (await stat(folder)).mtimeMs };
  } catch {
    return null; // Damaged or removed meanwhile: compiling takes care of it.
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (systemErrorCode(cause) === 'ENOENT' || systemErrorCode(cause) === 'ENOTDIR') return [];
    throw cause;
  }
}
