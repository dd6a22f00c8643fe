import { CodeGraphError, errorMessage, systemErrorCode } from '../../kernel/errors.ts';
import { findModelFiles } from '../model-files.ts';
import { HubRepository, namesIn } from './hub-cache.ts';
import type { HubReference } from './hub-reference.ts';

/** Words and their pieces: a network without any of these cannot read a text. */
const TOKENIZER_FILES: ReadonlySet<string> = new Set([
  'tokenizer.json',
  'sentencepiece.bpe.model',
  'spiece.model',
  'tokenizer.model',
  'vocab.txt',
  'vocab.json',
]);

/** What the cache has of a repository. */
export interface FoundSnapshot {
  /** Folder of a snapshot with everything a model needs, or null. */
  readonly folder: string | null;
  readonly commit: string | null;
  /** A snapshot that lacks something, such as one of a download that was interrupted; null when there is none. */
  readonly incomplete: { readonly folder: string; readonly missing: string } | null;
}

/**
 * Looks for a model in the Hugging Face cache: the commit the revision means, and where no revision was asked for, any
 * snapshot that is complete, the latest first.
 *
 * @param cacheFolder - Root of the cache.
 * @param anyRevision - Whether another commit than that of `reference.revision` may serve.
 */
export async function findSnapshot(
  cacheFolder: string,
  reference: HubReference,
  anyRevision: boolean,
): Promise<FoundSnapshot> {
  const repository = new HubRepository(cacheFolder, reference.id);
  const named = await repository.commitOf(reference.revision);
  const commits = [...(named === null ? [] : [named]), ...(anyRevision ? await repository.commits() : [])];
  let incomplete: FoundSnapshot['incomplete'] = null;
  for (const commit of new Set(commits)) {
    const folder = repository.snapshot(commit);
    const missing = await missingPart(folder);
    if (missing === null) return { folder, commit, incomplete };
    if (missing.exists) incomplete ??= { folder, missing: missing.what };
  }
  return { folder: null, commit: null, incomplete };
}

/** What a model folder lacks to be one, in words; null when it has everything. */
export async function missingPart(folder: string): Promise<{ readonly exists: boolean; readonly what: string } | null> {
  try {
    const names = await namesIn(folder);
    if (names.length === 0) return { exists: false, what: 'everything is missing' };
    if (!names.includes('config.json')) return { exists: true, what: 'config.json is missing' };
    if (!names.some((name) => TOKENIZER_FILES.has(name))) return { exists: true, what: 'the tokenizer is missing' };
    await findModelFiles(folder);
    return null;
  } catch (cause) {
    if (CodeGraphError.isInstance(cause)) return { exists: true, what: cause.message };
    if (systemErrorCode(cause) === undefined) throw cause;
    return { exists: true, what: `it cannot be read (${errorMessage(cause)})` };
  }
}
