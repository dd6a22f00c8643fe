import { ByteLevelTokenizer } from './bpe/byte-level-tokenizer.ts';
import { openImage } from './compiled-image.ts';
import { compiledUnigram } from './compiled-tokenizer.ts';
import { modelKindOf } from './model-kind.ts';
import type { Tokenizer } from './tokenizer.ts';
import { UnigramTokenizer } from './unigram-tokenizer.ts';
import { WordPieceTokenizer } from './wordpiece/wordpiece-tokenizer.ts';

/**
 * Opens what `compileTokenizer` made, over the same memory: pass a SharedArrayBuffer to share it between threads.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED` when the bytes are damaged or of another version.
 */
export function openTokenizer(compiled: Uint8Array | SharedArrayBuffer): Tokenizer {
  const image = openImage(compiled);
  switch (modelKindOf(image.settings)) {
    case 'Unigram':
      return new UnigramTokenizer(compiledUnigram(image));
    case 'WordPiece':
      return new WordPieceTokenizer(image);
    case 'BPE':
      return new ByteLevelTokenizer(image);
  }
}
