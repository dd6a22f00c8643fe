import { parseAddedTokens, type AddedToken } from '../config/added-tokens.ts';
import { fields, quote, sequence, text } from '../config/json-fields.ts';
import { parseNormalizer, type NormalizerStep } from '../config/normalizer-steps.ts';
import { parseSpecialFrame, type SpecialFrame } from '../config/special-frame.ts';
import { limitExceeded, malformed, unsupported } from '../tokenizer-error.ts';

/** Everything in tokenizer.json except the vocabulary, for WordPiece. */
export interface WordPieceConfig extends SpecialFrame {
  readonly normalizer: readonly NormalizerStep[];
  readonly addedTokens: readonly AddedToken[];
  readonly unknownToken: string;
  /** What pieces within a word begin with, `##`. */
  readonly continuingPrefix: string;
  /** Longer words (in code points) are unknown as a whole. */
  readonly maxWordCharacters: number;
}

const MAX_PREFIX_UNITS = 16;
const MAX_WORD_CHARACTERS = 10_000;

/**
 * Parses what is beside the vocabulary of a WordPiece tokenizer: BERT's words (`BertPreTokenizer`), cut greedily.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function parseWordPieceConfig(document: unknown): WordPieceConfig {
  const root = fields(document, 'tokenizer.json');
  const model = fields(root['model'], 'model');
  const { normalizer, charsmap } = parseNormalizer(root['normalizer']);
  if (charsmap !== null) throw unsupported('a character map with WordPiece');
  const steps = sequence(root['pre_tokenizer'], 'pre_tokenizer', 'pretokenizers').map((step) => step['type']);
  if (steps.length !== 1 || steps[0] !== 'BertPreTokenizer') {
    throw unsupported(`the pre_tokenizer ${quote(steps.join('+'))} with WordPiece`);
  }
  const continuingPrefix = text(model['continuing_subword_prefix'] ?? '##', 'model.continuing_subword_prefix');
  if (continuingPrefix.length > MAX_PREFIX_UNITS) {
    throw limitExceeded('characters in continuing_subword_prefix', MAX_PREFIX_UNITS, continuingPrefix.length);
  }
  return {
    normalizer,
    addedTokens: parseAddedTokens(root['added_tokens']),
    ...parseSpecialFrame(root['post_processor']),
    unknownToken: text(model['unk_token'] ?? '[UNK]', 'model.unk_token'),
    continuingPrefix,
    maxWordCharacters: wordLimit(model['max_input_chars_per_word'] ?? 100),
  };
}

function wordLimit(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw malformed('model.max_input_chars_per_word', `is ${quote(value)} instead of a number of characters`);
  }
  if (value > MAX_WORD_CHARACTERS) throw limitExceeded('characters in a word', MAX_WORD_CHARACTERS, value);
  return value;
}
