import { parseAddedTokens, type AddedToken } from '../config/added-tokens.ts';
import { fields, flag, quote, sequence, text } from '../config/json-fields.ts';
import { parseNormalizer, type NormalizerStep } from '../config/normalizer-steps.ts';
import { parseSpecialFrame, type SpecialFrame } from '../config/special-frame.ts';
import { unsupported } from '../tokenizer-error.ts';

/** Everything in tokenizer.json except vocabulary and merges, for byte-level BPE. */
export interface ByteLevelConfig extends SpecialFrame {
  readonly normalizer: readonly NormalizerStep[];
  readonly addedTokens: readonly AddedToken[];
  /** What a byte becomes that the vocabulary lacks; null when it is left out. */
  readonly unknownToken: string | null;
  /** Whether a run of unknown bytes is one token. */
  readonly fusesUnknown: boolean;
  /** Whether a section that starts without space gets one. */
  readonly addsPrefixSpace: boolean;
  /** Whether the text is first cut into words, as GPT-2 does. */
  readonly splitsWords: boolean;
  /** Whether a word that is a token is taken as it is, whatever the merges say. */
  readonly ignoresMerges: boolean;
}

/**
 * Parses what is beside the vocabulary of a byte-level BPE tokenizer (GPT-2, RoBERTa).
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function parseByteLevelConfig(document: unknown): ByteLevelConfig {
  const root = fields(document, 'tokenizer.json');
  const model = fields(root['model'], 'model');
  for (const field of ['continuing_subword_prefix', 'end_of_word_suffix']) {
    if ((model[field] ?? '') !== '') throw unsupported(`${field} ${quote(model[field])} with BPE`);
  }
  if ((model['dropout'] ?? 0) !== 0) throw unsupported(`dropout ${quote(model['dropout'])}`);
  if (flag(model['byte_fallback'], 'model.byte_fallback', false)) throw unsupported('byte_fallback');
  const { normalizer, charsmap } = parseNormalizer(root['normalizer']);
  if (charsmap !== null) throw unsupported('a character map with BPE');
  const steps = sequence(root['pre_tokenizer'], 'pre_tokenizer', 'pretokenizers');
  const [step] = steps;
  if (steps.length !== 1 || step?.['type'] !== 'ByteLevel') {
    throw unsupported(`the pre_tokenizer ${quote(steps.map(({ type }) => type).join('+'))} with BPE`);
  }
  const unknown = model['unk_token'] ?? null;
  return {
    normalizer,
    addedTokens: parseAddedTokens(root['added_tokens']),
    ...parseSpecialFrame(root['post_processor']),
    unknownToken: unknown === null ? null : text(unknown, 'model.unk_token'),
    fusesUnknown: flag(model['fuse_unk'], 'model.fuse_unk', false),
    addsPrefixSpace: flag(step['add_prefix_space'], 'pre_tokenizer.add_prefix_space', true),
    splitsWords: flag(step['use_regex'], 'pre_tokenizer.use_regex', true),
    ignoresMerges: flag(model['ignore_merges'], 'model.ignore_merges', false),
  };
}
