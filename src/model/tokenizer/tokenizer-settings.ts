import { fields, flag, type Fields } from './config/json-fields.ts';

/** What the JSON files beside a tokenizer say, each empty where the file is absent. */
export interface TokenizerSettings {
  /** tokenizer_config.json. */
  readonly config: Fields;
  /** special_tokens_map.json. */
  readonly specialTokens: Fields;
  /** sentence_bert_config.json. */
  readonly sentences: Fields;
}

/** Classes of transformers that make their normalizer from tokenizer_config.json, whatever tokenizer.json says. */
const BERT_CLASSES =
  /^(?:Bert|DistilBert|MPNet|Electra|MobileBert|RetriBert|SqueezeBert|ConvBert|LayoutLM)Tokenizer(?:Fast)?$/;
const LOWERCASING: readonly unknown[] = ['Lowercase'];

/**
 * The document with the normalizer that transformers and sentence-transformers would really use: BERT's classes take
 * `do_lower_case`, `strip_accents` and `tokenize_chinese_chars` from tokenizer_config.json, and `do_lower_case` of
 * sentence_bert_config.json puts a lower-casing step in front.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED` when one of these is of another type.
 */
export function overrideNormalizer(document: unknown, { config, sentences }: TokenizerSettings): unknown {
  const root = fields(document, 'tokenizer.json');
  let normalizer = root['normalizer'];
  const className = config['tokenizer_class'];
  if (isStep(normalizer, 'BertNormalizer') && typeof className === 'string' && BERT_CLASSES.test(className)) {
    normalizer = {
      ...fields(normalizer, 'normalizer'),
      lowercase: flag(config['do_lower_case'], 'do_lower_case', true),
      strip_accents: config['strip_accents'] ?? null,
      handle_chinese_chars: flag(config['tokenize_chinese_chars'], 'tokenize_chinese_chars', true),
    };
  }
  const lowers = flag(sentences['do_lower_case'], 'do_lower_case', false);
  if (lowers && !lowercases(normalizer)) {
    normalizer = { type: 'Sequence', normalizers: [{ type: 'Lowercase' }, ...(normalizer ? [normalizer] : [])] };
  }
  return { ...root, normalizer };
}

function lowercases(normalizer: unknown): boolean {
  if (typeof normalizer !== 'object' || normalizer === null) return false;
  const step = fields(normalizer, 'normalizer');
  if (LOWERCASING.includes(step['type'])) return true;
  if (step['type'] === 'BertNormalizer') return flag(step['lowercase'], 'normalizer.lowercase', true);
  return Array.isArray(step['normalizers']) && step['normalizers'].some(lowercases);
}

function isStep(normalizer: unknown, type: string): boolean {
  return typeof normalizer === 'object' && normalizer !== null && fields(normalizer, 'normalizer')['type'] === type;
}
