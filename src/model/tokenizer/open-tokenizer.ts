import type { Tokenizer } from './tokenizer.ts';
import { UnigramTokenizer } from './unigram-tokenizer.ts';

/**
 * Opens what `compileTokenizer` made, over the same memory: pass a SharedArrayBuffer to share it between threads.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED` when the bytes are damaged or of another version.
 */
export function openTokenizer(image: Uint8Array | SharedArrayBuffer): Tokenizer {
  return UnigramTokenizer.fromCompiled(image);
}
