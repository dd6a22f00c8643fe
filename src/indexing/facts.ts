import { decodeFacts, encodeFacts } from '../parsing/facts-codec.ts';
import type { ParsedFile } from '../parsing/language.ts';
import { IndexingError } from './indexing-error.ts';

/** Raised when what a parser says of a file changes in form or meaning: indexes of another version are made anew. */
export const FACTS_VERSION = 3;

/** Packs a parsed file for the store; what the store keeps elsewhere (documentation, diagnostics) is left out. */
export function packFacts(parsed: ParsedFile): Uint8Array {
  return encodeFacts(parsed);
}

/**
 * Unpacks what {@link packFacts} made; its references only when they are asked for, each time anew. Facts come from the
 * index beside the repository, which this program wrote.
 *
 * @throws {@link IndexingError} `INDEXING_FACTS_DAMAGED` when the bytes are not facts.
 */
export function unpackFacts(path: string, packed: Uint8Array): ParsedFile {
  try {
    return decodeFacts(packed);
  } catch (cause) {
    throw new IndexingError(`the index holds damaged facts of ${path}`, {
      code: 'INDEXING_FACTS_DAMAGED',
      hint: 'Run `codegraphai index --full` to build the index anew.',
      details: { path },
      cause,
    });
  }
}
