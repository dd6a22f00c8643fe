import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ParsedFile } from '../parsing/language.ts';
import { IndexingError } from './indexing-error.ts';

/** Raised when what a parser says of a file changes in form or meaning: indexes of another version are made anew. */
export const FACTS_VERSION = 1;

/** The largest facts a stored file may unfold to: a 4 MB source gives about 40 MB of JSON (CWE-409). */
const MAX_FACTS_BYTES = 256 << 20;
/** Speed matters more than size here: level 1 is five times as fast as the default for 15 % more bytes. */
const COMPRESSION_LEVEL = 1;

/** Packs a parsed file for the store. */
export function packFacts(parsed: ParsedFile): Uint8Array {
  return deflateRawSync(JSON.stringify(parsed), { level: COMPRESSION_LEVEL });
}

/**
 * Unpacks what {@link packFacts} made. Facts come from the index beside the repository, which this program wrote.
 *
 * @throws {@link IndexingError} `INDEXING_FACTS_DAMAGED` when the bytes are not facts.
 */
export function unpackFacts(path: string, packed: Uint8Array): ParsedFile {
  try {
    const value: unknown = JSON.parse(inflateRawSync(packed, { maxOutputLength: MAX_FACTS_BYTES }).toString('utf8'));
    if (!isParsedFile(value)) throw new TypeError('a field is missing');
    return value;
  } catch (cause) {
    throw new IndexingError(`the index holds damaged facts of ${path}`, {
      code: 'INDEXING_FACTS_DAMAGED',
      hint: 'Run `codegraphai index --full` to build the index anew.',
      details: { path },
      cause,
    });
  }
}

/** Checks the frame; what is inside was written by {@link packFacts} of the same {@link FACTS_VERSION}. */
function isParsedFile(value: unknown): value is ParsedFile {
  if (typeof value !== 'object' || value === null) return false;
  const { path, language, definitions, references, imports } = value as Record<string, unknown>;
  return (
    typeof path === 'string' &&
    typeof language === 'string' &&
    Array.isArray(definitions) &&
    Array.isArray(references) &&
    Array.isArray(imports)
  );
}
