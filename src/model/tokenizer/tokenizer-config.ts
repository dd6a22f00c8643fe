import { parseAddedTokens, type AddedToken } from './config/added-tokens.ts';
import { fields, id, quote, sequence, text } from './config/json-fields.ts';
import { parseNormalizer, type NormalizerStep } from './config/normalizer-steps.ts';
import { parseSpecialFrame, type SpecialFrame } from './config/special-frame.ts';
import { unsupported } from './tokenizer-error.ts';

/** Everything in tokenizer.json except the vocabulary, reduced to what XLM-RoBERTa tokenizers need. */
export interface TokenizerConfig extends SpecialFrame {
  readonly unknownId: number;
  readonly normalizer: readonly NormalizerStep[];
  /** Whether the text is first cut at white space (and that dropped). */
  readonly splitsWhiteSpace: boolean;
  /** One UTF-16 unit that stands for a space, `▁`. */
  readonly spaceMark: string;
  /** Whether a section gets a {@link spaceMark} in front. */
  readonly addsSpaceMark: boolean;
  readonly addedTokens: readonly AddedToken[];
}

/**
 * Recognises the layouts of XLM-RoBERTa tokenizers:
 * A `Precompiled` + `WhitespaceSplit` + `Metaspace`; B `Precompiled`, `Replace " {2,}" → " "` + `Metaspace`;
 * C `Precompiled`, `Strip right`, `Replace " {2,}" → "▁"` + `Metaspace`. No regular expression is ever built from a file.
 *
 * @param document - tokenizer.json parsed; `model.vocab` is not looked at.
 * @returns the configuration and the base64 of the character map, null when there is none.
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function parseTokenizerConfig(document: unknown): { config: TokenizerConfig; charsmap: string | null } {
  const root = fields(document, 'tokenizer.json');
  const model = fields(root['model'], 'model');
  if (model['type'] !== undefined && model['type'] !== 'Unigram')
    throw unsupported(`the model ${quote(model['type'])}`);
  if (model['byte_fallback'] === true) throw unsupported('byte_fallback');
  if (model['unk_id'] === null || model['unk_id'] === undefined) throw unsupported('a vocabulary without unk_id');
  const { normalizer, charsmap } = parseNormalizer(root['normalizer']);
  const preTokenizer = parsePreTokenizer(root['pre_tokenizer']);
  const config: TokenizerConfig = {
    unknownId: id(model['unk_id'], 'model.unk_id'),
    normalizer,
    ...preTokenizer,
    addedTokens: parseAddedTokens(root['added_tokens']),
    ...parseSpecialFrame(root['post_processor']),
  };
  return { config, charsmap };
}

function parsePreTokenizer(value: unknown): Pick<TokenizerConfig, 'splitsWhiteSpace' | 'spaceMark' | 'addsSpaceMark'> {
  const steps = sequence(value, 'pre_tokenizer', 'pretokenizers');
  const types = steps.map((step) => step['type']).join('+');
  if (types !== 'WhitespaceSplit+Metaspace' && types !== 'Metaspace')
    throw unsupported(`the pre_tokenizer ${quote(types)}`);
  const metaspace = steps.at(-1) ?? {};
  const spaceMark = text(metaspace['replacement'], 'pre_tokenizer.replacement');
  if (spaceMark.length !== 1 || spaceMark === ' ') throw unsupported(`the Metaspace replacement ${quote(spaceMark)}`);
  if (metaspace['split'] === false) throw unsupported('Metaspace without split');
  // Files before `prepend_scheme` say the same with `add_prefix_space`.
  const scheme = metaspace['prepend_scheme'] ?? (metaspace['add_prefix_space'] === false ? 'never' : 'always');
  if (scheme !== 'always' && scheme !== 'never') throw unsupported(`the Metaspace prepend_scheme ${quote(scheme)}`);
  return { splitsWhiteSpace: steps.length === 2, spaceMark, addsSpaceMark: scheme === 'always' };
}
